//! Stories told against the world; one binary.
