module bootwright/payload/workload

go 1.24
