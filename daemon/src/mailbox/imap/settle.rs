//! What happens to a mail on the server once it is durable here. A courtesy: our own record says what is new.

use super::words::{quoted, sequence_set};
use super::{Imap, MailboxError};
use crate::config::After;
use crate::mailbox::utf7;

impl Imap {
    /// Returns what the server has settled; a refusal is told and is no error (I13, I14).
    pub(in crate::mailbox) async fn settle(
        &mut self,
        after: &After,
        uids: &[i64],
    ) -> Result<Vec<i64>, MailboxError> {
        let set = sequence_set(uids);
        let settled = match after {
            After::Keep => Ok(()),
            After::Mark => self.mark(&set).await,
            After::Move { folder } => self.transfer(&set, &quoted(&utf7::encoded(folder))).await,
        };
        match settled {
            Ok(()) => Ok(uids.to_vec()),
            Err(MailboxError::Declined(why)) => {
                tracing::error!(folder = self.folder, %why, "the server would not mark or move mail; it is safe in the journal, and left as it is");
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }

    /// `\Seen` and a keyword of ours; a server that takes no keywords gets the flag alone.
    async fn mark(&mut self, set: &str) -> Result<(), MailboxError> {
        if self.writes_refused {
            return Err(MailboxError::Declined("[READ-ONLY]".to_owned()));
        }
        let both = format!("UID STORE {set} +FLAGS.SILENT (\\Seen $Tanggap)");
        match self.plainly(&both).await {
            Err(MailboxError::Declined(_)) => {
                self.plainly(&format!("UID STORE {set} +FLAGS.SILENT (\\Seen)"))
                    .await
            }
            other => other,
        }
    }

    /// The folder is made, once, if it is missing.
    async fn transfer(&mut self, set: &str, folder: &str) -> Result<(), MailboxError> {
        match self.transfer_once(set, folder).await {
            Err(MailboxError::Declined(why))
                if why.contains("TryCreate") || why.contains("exist") =>
            {
                self.plainly(&format!("CREATE {folder}")).await?;
                self.transfer_once(set, folder).await
            }
            other => other,
        }
    }

    /// MOVE (RFC 6851), or COPY and delete.
    async fn transfer_once(&mut self, set: &str, folder: &str) -> Result<(), MailboxError> {
        if self.offers.mv {
            return self.plainly(&format!("UID MOVE {set} {folder}")).await;
        }
        self.plainly(&format!("UID COPY {set} {folder}")).await?;
        self.plainly(&format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)"))
            .await?;
        if self.offers.expunge_by_uid {
            return self.plainly(&format!("UID EXPUNGE {set}")).await;
        }
        // Without UIDPLUS an EXPUNGE would also remove what others marked; ours stay, marked as deleted.
        Ok(())
    }

    async fn plainly(&mut self, command: &str) -> Result<(), MailboxError> {
        self.talk().await?.say(command, |_| {}).await
    }
}
