//! The world around tanggap: servers and fakes behind real sockets, with failure knobs, asserted on their final state.

pub mod world;
