module bootwright/mutants/programs

go 1.24
