module bootwright/payload/test-images

go 1.24.0
