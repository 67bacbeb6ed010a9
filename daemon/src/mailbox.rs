//! Where mail comes from: an IMAP server or a Maildir.

/// Where a mail stood when we saw it: our identity for "new" (never `\Seen`, never a position).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub account: String,
    pub folder: String,
    /// IMAP UIDVALIDITY; 0 for a Maildir.
    pub uidvalidity: i64,
    /// IMAP UID; for a Maildir 63 bits of the SHA-256 of the file's unique name.
    pub uid: i64,
}
