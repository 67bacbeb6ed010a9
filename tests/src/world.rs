//! Servers and fakes, each state behind a real socket.
