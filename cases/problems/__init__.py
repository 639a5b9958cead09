"""问题件: who may do what with a finding, what it costs, what it adds up to, the letter to the unit."""
