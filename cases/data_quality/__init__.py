"""数据质量: what is doubtful in the data of the cases, how it is corrected, what a unit's data is worth."""
