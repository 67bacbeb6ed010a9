//! Everything the daemon works with, opened in the right order; and the ticks, each with its part of it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tanggap_bridge::{Desk, DeskSettings};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::clock::Clock;
use crate::config::{
    Config, MailboxSettings, OsticketSettings, PostSettings, Source, StoreSettings,
};
use crate::deliver::{Deliver, Way};
use crate::fetch::Fetch;
use crate::judge::Judge;
use crate::letter::Post;
use crate::lifecycle::tell;
use crate::log::plain;
use crate::pace::{Chain, Progress, Tick};
use crate::remind::Remind;
use crate::rulebook::{Changes, Rulebook, RulebookError, Standing};
use crate::store::{OrderState, OrderView, Role, Store, StoreError};
use crate::sync::{Follow, Sync};
use crate::tongue::say;

/// Why the daemon cannot start, or cannot finish what `--once` asks of it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Rules(#[from] RulebookError),
    #[error("{}", say!("jalan ke osTicket tidak dapat disiapkan: {0}", "the way into osTicket cannot be prepared: {0}", _0))]
    Desk(String),
    #[error("{}", say!("jalan surat tidak dapat disiapkan: {0}", "the way for letters cannot be prepared: {0}", _0))]
    Post(String),
    #[error("{}", say!("sinyal tidak dapat diterima", "signals cannot be received"))]
    Signals(#[from] io::Error),
    #[error("{0}")]
    Tick(String),
}

/// The fetch of one mailbox and folder.
pub struct Watch {
    /// For the log.
    pub name: String,
    /// A look at least this often.
    pub poll: Duration,
    pub fetch: Fetch,
}

/// Everything the daemon works with.
pub struct House {
    config: Arc<Config>,
    clock: Clock,
    store: Store,
    rulebook: Arc<Rulebook>,
    desk: Desk,
    post: Post,
}

impl House {
    /// Rules first, then the store: a bad rule file must not touch the database.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        let rulebook = Rulebook::open(&config)?;
        let store = Store::open(&config.store, Role::Daemon, &clock).await?;
        let desk = desk(&config).await?;
        let post = Post::open(&config.post)
            .map_err(|error| StartError::Post(Chain(&error).to_string()))?;
        let house = Self {
            config: Arc::new(config),
            clock,
            store,
            rulebook: Arc::new(rulebook),
            desk,
            post,
        };
        if house.desk.is_settled() {
            let writes = house.desk.capabilities().writes;
            house.store.set_desk_writes(writes).await?;
        }
        house.take_up_the_past().await?;
        Ok(house)
    }

    /// On a file of our own nobody else can be sending. On a shared database another daemon may be: its lease must run out first.
    async fn take_up_the_past(&self) -> Result<(), StartError> {
        if matches!(self.config.store, StoreSettings::Sqlite { .. }) {
            let cut_off = self.sync().after_restart().await?;
            if cut_off > 0 {
                tracing::warn!(
                    orders = cut_off,
                    "the last run ended in the middle of these; they will be looked up"
                );
            }
        }
        Ok(())
    }
}

impl House {
    /// One per mailbox and folder, each on a connection of its own.
    pub fn watches(&self) -> Vec<Watch> {
        let folders = self.config.mailboxes.iter().flat_map(|mailbox| {
            let (Source::Imap { folders, .. } | Source::Maildir { folders, .. }) = &mailbox.source;
            folders.iter().map(move |folder| (mailbox, folder))
        });
        folders
            .map(|(mailbox, folder)| self.watch(mailbox, folder))
            .collect()
    }

    pub fn judge(&self) -> Judge {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        Judge {
            store,
            clock,
            config: self.config.clone(),
            rules: self.rulebook.in_force(),
            site: self.rulebook.site(),
            wronged: Vec::new(),
            notes: self.desk.capabilities().writes,
        }
    }

    pub fn deliver_desk(&self) -> Deliver {
        self.deliver(Way::Desk(self.desk.clone()), self.config.osticket.at_once)
    }

    pub fn deliver_post(&self) -> Deliver {
        let at_once = match &self.config.post {
            PostSettings::Smtp { connections, .. } => *connections,
            PostSettings::Directory { .. } => 1,
        };
        self.deliver(Way::Post(self.post.clone()), at_once)
    }

    pub fn sync(&self) -> Sync {
        Sync {
            store: self.store.clone(),
            clock: self.clock.clone(),
            desk: self.desk.clone(),
            post: self.post.clone(),
            doubt: self.config.receipt.doubt,
            fence: self.config.osticket.fence,
        }
    }

    /// Takes in what staff do in osTicket.
    pub fn follow(&self) -> Follow {
        Follow {
            store: self.store.clone(),
            clock: self.clock.clone(),
            desk: self.desk.clone(),
            config: self.config.clone(),
            news: None,
            walked: false,
        }
    }

    /// Warns of deadlines.
    pub fn remind(&self) -> Remind {
        Remind {
            store: self.store.clone(),
            clock: self.clock.clone(),
            config: self.config.clone(),
        }
    }

    pub fn status(&self) -> Status {
        Status {
            store: self.store.clone(),
            rules: self.rulebook.standing(),
        }
    }

    /// Notices changed rule files.
    pub fn rule_changes(&self) -> Changes {
        Changes::new(self.rulebook.clone())
    }

    pub fn rulebook(&self) -> &Rulebook {
        &self.rulebook
    }

    /// Ends every connection to the database.
    pub async fn close(&self) {
        self.store.close().await;
    }

    fn watch(&self, mailbox: &MailboxSettings, folder: &str) -> Watch {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let fetch = Fetch::new(store, clock, mailbox.clone(), folder);
        Watch {
            name: format!("fetch {} {folder}", mailbox.name),
            poll: mailbox.poll,
            fetch,
        }
    }

    fn deliver(&self, way: Way, at_once: usize) -> Deliver {
        Deliver {
            store: self.store.clone(),
            clock: self.clock.clone(),
            way,
            at_once,
        }
    }

    /// Calls a tick until it has no more to do; returns how much was done.
    pub async fn exhaust(&self, tick: &mut impl Tick) -> Result<u64, StartError> {
        let mut done = 0;
        loop {
            let progress = tick
                .tick()
                .await
                .map_err(|error| StartError::Tick(Chain(&error).to_string()))?;
            done += progress.done;
            if !progress.more {
                return Ok(done);
            }
        }
    }

    /// For `--once`: how long an end is put off for orders that are not settled yet.
    pub fn patience(&self) -> Patience {
        let longest = self.config.osticket.fence + Duration::from_mins(1);
        Patience {
            store: self.store.clone(),
            left: longest,
        }
    }
}

/// Tells the service manager how things stand; without one it does nothing.
pub struct Status {
    store: Store,
    rules: watch::Receiver<Standing>,
}

impl Tick for Status {
    type Error = StoreError;

    async fn tick(&mut self) -> Result<Progress, StoreError> {
        if std::env::var_os("NOTIFY_SOCKET").is_some() {
            let (mails, unread) = self.store.journal_counts().await?;
            let rules = self.rules.borrow_and_update().clone();
            let digest = rules.digest.get(..12).unwrap_or_default();
            let trouble = rules.trouble.map(|why| format!("; {}", plain(&why)));
            tell(&[NotifyState::Status(&say!(
                "{mails} surel di jurnal, {unread} belum dibaca; aturan {digest}{}",
                "{mails} mails in the journal, {unread} not read yet; rules {digest}{}",
                trouble.unwrap_or_default()
            ))]);
        }
        Ok(Progress::default())
    }

    /// That rules were refused is told at once.
    async fn rest(&mut self, at_most: Duration) {
        tokio::select! {
            () = sleep(at_most) => {}
            Ok(()) = self.rules.changed() => {}
        }
    }
}

/// Waits for what is still ahead: an order's next try or fence, a lease of a daemon that died; not for what a human must do.
pub struct Patience {
    store: Store,
    left: Duration,
}

impl Patience {
    const MOMENT: Duration = Duration::from_millis(200);
    const ORDERS: i64 = 10_000;

    /// Waits a moment and says `true`, or says `false`: nothing is open, or the patience is at its end.
    pub async fn wait_for_more(&mut self) -> Result<bool, StoreError> {
        let (orders, unread) = (
            self.open_orders().await?,
            self.store.journal_counts().await?.1,
        );
        let open = orders > 0 || unread > 0;
        if open && self.left.is_zero() {
            tracing::warn!(
                orders,
                unread,
                "not everything could be settled: tanggap queue"
            );
        }
        if !open || self.left.is_zero() {
            return Ok(false);
        }
        self.left = self.left.saturating_sub(Self::MOMENT);
        sleep(Self::MOMENT).await;
        Ok(true)
    }

    /// Orders that go on by themselves: neither held, nor on a channel that an operator holds.
    async fn open_orders(&self) -> Result<usize, StoreError> {
        let channels = self.store.channels().await?;
        let stopped = |order: &OrderView| {
            let mut held = channels.iter().filter(|channel| channel.held);
            held.any(|channel| channel.name == order.channel)
        };
        let orders = self.store.orders(false, Self::ORDERS).await?;
        let open = orders
            .iter()
            .filter(|order| order.state != OrderState::Held && !stopped(order));
        Ok(open.count())
    }
}

/// The way into osTicket that the configuration names, or our plugin there, where it answers.
pub(crate) async fn desk(config: &Config) -> Result<Desk, StartError> {
    let OsticketSettings {
        url,
        api_key,
        timeout,
        ..
    } = &config.osticket;
    let settings = DeskSettings {
        url: url.clone(),
        api_key: api_key.expose().to_owned(),
        timeout: *timeout,
        database: config.osticket.database.clone(),
    };
    Desk::find(&settings)
        .await
        .map_err(|error| StartError::Desk(Chain(&error).to_string()))
}
