"""上报总公司: its list, the files of a pack, who is reminded, what head office said in figures."""
