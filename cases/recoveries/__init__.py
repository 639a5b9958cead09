"""待追偿: who acts on money to be got back, the list, and where it shows."""
