//! Where a mail to be explained comes from: a file, the standard input, or the journal.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};

use crate::clock::Clock;
use crate::config::Config;
use crate::store::{EntryId, PastMail, Role, Store};

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
            bail!("ini folder; sebutkan berkas surelnya, misalnya {mail}/*.eml");
        }
        if Path::new(mail).exists() {
            let raw = std::fs::read(mail).context("berkas tidak dapat dibaca")?;
            return Ok(Found::bare(raw));
        }
        let like_a_register = mail.split('-').count() == 3 && !mail.contains(['/', '.']);
        match mail.parse() {
            Ok(entry) => self.journalled(Some(EntryId(entry)), mail),
            Err(_) if like_a_register => self.journalled(None, mail),
            Err(_) => {
                bail!("tidak ada berkas dengan nama ini, dan bukan nomor jurnal atau register")
            }
        }
    }

    fn journalled(&self, entry: Option<EntryId>, mail: &str) -> anyhow::Result<Found> {
        let Some(config) = self.config else {
            bail!(
                "tidak ada berkas dengan nama ini; untuk membaca jurnal, sebutkan konfigurasi: --config BERKAS"
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
            let entry = entry.context(
                "register tidak mengenal nomor ini, atau kasusnya tidak dibuka oleh surel",
            )?;
            let raw = store.raw(entry, config.limits.mail_size).await;
            let past = store.past_of(entry).await;
            store.close().await;
            Ok(Found {
                raw: raw.context("jurnal tidak mengenal nomor ini")?,
                past: past?,
            })
        })
    }
}
