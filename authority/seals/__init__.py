"""封存: every minute the heads of the chains that grew are signed, here and in a file outside the database.

A ledger that is only chained can lose its tail unseen. A seal says how far each chain had come, under a key
that no row of the database holds, and each seal carries on from the one before.
"""
