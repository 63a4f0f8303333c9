// A library must have a source; this one only carries the precompiled header.
