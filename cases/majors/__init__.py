"""重大赔案: which case is one, what its clocks say, how the register R10 tells it."""
