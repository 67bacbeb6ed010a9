//! Servers and fakes, each state behind a real socket.

pub mod dovecot;
pub mod home;
pub mod imap_fake;
pub mod mariadb;
pub mod osticket;
pub mod postfix;
pub mod postgres;
pub mod proxy;
pub mod smtp_sink;

mod ports;

pub use ports::free_port;
