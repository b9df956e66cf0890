module bootwright/careful-updater

go 1.24
