//! The only module that touches our database.
