export PS1='admin container:\w# '
echo "This is the admin container. The host's files are below /.bootwright/rootfs, read-only."
