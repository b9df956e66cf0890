module bootwright/rawport

go 1.24
