"""A made-up branch for trying the product: organisation, people, authority and a year of cases.

Everything follows from one seed and one day, by the data profile of the domain reference (section 11).
Figures that no source gives are the authority matrix's placeholders.
"""
