module bootwright/payload/boot-health

go 1.24.0
