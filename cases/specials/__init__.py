"""特殊案件: what each kind asks for, what stands in its way, and what its pages and registers show."""
