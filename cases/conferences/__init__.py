"""疑难会商: who convenes, who is heard, when there is a quorum, and what a binding conclusion asks for."""
