"""覆盖图: who covers what, computed by the ruling itself."""
