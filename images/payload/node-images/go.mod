module bootwright/payload/node-images

go 1.24.0
