//! What happens to a mail on the server once it is durable here. A courtesy: our own record says what is new.

use async_imap::Session;
use async_imap::error::Error;
use futures::TryStreamExt;

use super::connect::Wire;
use super::{ANSWER, Imap, MailboxError, answered, sequence_set};
use crate::config::After;
use crate::mailbox::utf7;

impl Imap {
    pub(in crate::mailbox) async fn settle(
        &mut self,
        after: &After,
        uids: &[i64],
    ) -> Result<Vec<i64>, MailboxError> {
        let set = sequence_set(uids);
        let can_move = self.can_move;
        let session = self.session().await?;
        let settled = match after {
            After::Keep => Ok(()),
            After::Mark => mark(session, &set).await,
            After::Move { folder } => {
                transfer(session, &set, &utf7::encoded(folder), can_move).await
            }
        };
        match settled {
            Ok(()) => Ok(uids.to_vec()),
            Err(MailboxError::Protocol(why)) if why.starts_with("no response") => {
                tracing::error!(folder = self.folder, %why, "the server would not mark or move mail; it is safe in the journal, and left as it is");
                Ok(Vec::new())
            }
            Err(error) => Err(error),
        }
    }
}

/// `\Seen` and a keyword of ours; a server that takes no keywords gets the flag alone.
async fn mark(session: &mut Session<Wire>, set: &str) -> Result<(), MailboxError> {
    match store(session, set, "+FLAGS.SILENT (\\Seen $Tanggap)").await {
        Err(MailboxError::Protocol(_)) => store(session, set, "+FLAGS.SILENT (\\Seen)").await,
        other => other,
    }
}

async fn store(session: &mut Session<Wire>, set: &str, flags: &str) -> Result<(), MailboxError> {
    let answers = answered(session.uid_store(set, flags)).await?;
    answered(answers.try_collect::<Vec<_>>()).await.map(drop)
}

/// MOVE (RFC 6851), or COPY and delete. The folder is made once if it is missing.
async fn transfer(
    session: &mut Session<Wire>,
    set: &str,
    folder: &str,
    can_move: bool,
) -> Result<(), MailboxError> {
    match transfer_once(session, set, folder, can_move).await {
        Err(MailboxError::Protocol(why)) if why.contains("TRYCREATE") || why.contains("exist") => {
            answered(session.create(folder)).await?;
            transfer_once(session, set, folder, can_move).await
        }
        other => other,
    }
}

async fn transfer_once(
    session: &mut Session<Wire>,
    set: &str,
    folder: &str,
    can_move: bool,
) -> Result<(), MailboxError> {
    if can_move {
        return answered(session.uid_mv(set, folder)).await;
    }
    answered(session.uid_copy(set, folder)).await?;
    store(session, set, "+FLAGS.SILENT (\\Deleted)").await?;
    let gone = answered(session.uid_expunge(set)).await?;
    let collected = tokio::time::timeout(ANSWER, gone.try_collect::<Vec<_>>()).await;
    // Without UIDPLUS the mails stay, marked as deleted: they are copied, and they are in the journal.
    collected
        .map_err(|_| MailboxError::Silent(ANSWER))?
        .map(drop)
        .or_else(|error: Error| match error {
            Error::Bad(_) | Error::No(_) => Ok(()),
            other => Err(MailboxError::Protocol(other.to_string())),
        })
}
