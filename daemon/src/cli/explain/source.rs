//! Where a mail to be explained comes from: a file, the standard input, or the journal.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use crate::clock::Clock;
use crate::config::Config;
use crate::store::{EntryId, PastMail, Role, Store};
use crate::tongue::{say, word};

/// A mail to be explained.
pub struct Found {
    pub raw: Vec<u8>,
    /// How it was judged when it came; only of the journal's mails that are read.
    pub past: Option<PastMail>,
}

impl Found {
    fn bare(raw: Vec<u8>) -> Self {
        Self { raw, past: None }
    }
}

pub struct Source<'c> {
    config: Option<&'c Config>,
}

impl<'c> Source<'c> {
    pub fn new(config: Option<&'c Config>) -> Self {
        Self { config }
    }

    /// A file of this name comes first; then a number is the journal's, and the rest is the register's.
    pub fn find(&self, mail: &str) -> anyhow::Result<Found> {
        if mail == "-" {
            let mut raw = Vec::new();
            std::io::stdin().lock().read_to_end(&mut raw)?;
            return Ok(Found::bare(raw));
        }
        if Path::new(mail).is_dir() {
            bail!(
                "{}",
                say!(
                    "ini folder; sebutkan berkas surelnya, misalnya {mail}/*.eml",
                    "this is a folder; name the mail files, such as {mail}/*.eml"
                )
            );
        }
        if Path::new(mail).exists() {
            let raw = std::fs::read(mail)
                .context(word("berkas tidak dapat dibaca", "the file cannot be read"))?;
            return Ok(Found::bare(raw));
        }
        let like_a_register = mail.split('-').count() == 3 && !mail.contains(['/', '.']);
        match mail.parse() {
            Ok(entry) => self.journalled(Some(EntryId(entry)), mail),
            Err(_) if like_a_register => self.journalled(None, mail),
            Err(_) => {
                bail!(
                    "{}",
                    say!(
                        "tidak ada berkas dengan nama ini, dan bukan nomor jurnal atau register",
                        "there is no file of this name, and it is no journal or register number"
                    )
                )
            }
        }
    }

    fn journalled(&self, entry: Option<EntryId>, mail: &str) -> anyhow::Result<Found> {
        let Some(config) = self.config else {
            bail!(
                "{}",
                say!(
                    "tidak ada berkas dengan nama ini; untuk membaca jurnal, sebutkan konfigurasi: --config BERKAS",
                    "there is no file of this name; to read the journal, name the configuration: --config FILE"
                )
            );
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let store = Store::open(&config.store, Role::Visitor, &Clock::default()).await?;
            let entry = match entry {
                Some(entry) => Some(entry),
                None => store.opening_mail(&mail.to_uppercase()).await?,
            };
            let entry = entry.context(word(
                "register tidak mengenal nomor ini, atau kasusnya tidak dibuka oleh surel",
                "the register does not know this number, or no mail opened its case",
            ))?;
            let raw = store.raw(entry, config.limits.mail_size).await;
            let past = store.past_of(entry).await;
            store.close().await;
            Ok(Found {
                raw: raw.context(word(
                    "jurnal tidak mengenal nomor ini",
                    "the journal does not know this number",
                ))?,
                past: past?,
            })
        })
    }
}
