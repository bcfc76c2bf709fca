package apart

// bound does nothing: Windows has no such limits for a process itself. The deadline and GOMEMLIMIT hold.
func bound() {}
