//! A stand-in for osTicket: state behind a real HTTP socket that behaves as a real osTicket was seen to behave
//! (`bridge/README.md`), with failure knobs. Tests look at the state it ends in, never at the calls it got.

mod email;
mod http;
mod json;
mod mirror;
mod plugin;
mod read;
mod staff;
mod state;
mod tables;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tanggap_bridge::DatabaseSettings;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use mirror::{Held, Mirror};
pub use state::{Attachment, Entry, State, Ticket};

use super::mariadb::Mariadb;

/// What the next request meets, instead of an honest answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answers so, and does nothing.
    Answer(u16, String),
    /// Answers so, with one header more.
    AnswerWith(u16, String, String),
    /// Takes the request, does nothing, and resets the connection.
    ResetBefore,
    /// Does nothing for so long, then goes on honestly.
    StallBefore(Duration),
    /// Does the work, then resets the connection.
    ResetAfter,
    /// Does the work, then is silent for so long.
    StallAfter(Duration),
    /// Does the work, then answers so: a proxy's 502, a PHP error page with status 200, an empty 201.
    AnswerAfter(u16, String),
    /// Does the work, then answers without end.
    EndlessAfter,
    /// PHP dies after so many of the six steps of a create: a husk stays (O5, O6).
    DieAtStep(u8),
}

/// How this osTicket is set up.
#[derive(Debug, Clone, Default)]
pub struct Setup {
    /// Open tickets a reporter may have; 0: no limit.
    pub max_open_tickets: usize,
    pub banned: Vec<String>,
    /// Domains that `verify_email_addrs` cannot resolve.
    pub unresolvable: Vec<String>,
    /// Time between two steps of a create: what makes it not atomic.
    pub step: Duration,
    /// Mailboxes that it fetches itself.
    pub polls: Vec<String>,
    /// It answers reporters itself.
    pub answers: bool,
    /// The version of our plugin, where it is installed.
    pub plugin: Option<String>,
    /// Nothing is done, and every request is answered so: status, body, one header more.
    pub down: Option<(u16, String, String)>,
}

/// Everything behind the socket.
pub(super) struct Inside {
    pub state: Mutex<State>,
    pub faults: Mutex<VecDeque<Fault>>,
    pub setup: Mutex<Setup>,
    pub key: String,
    pub file: Option<PathBuf>,
    /// Wakes who waits for news.
    pub news: Notify,
    /// Requests under way, the most there ever were, and all that came while it was down.
    pub load: Load,
    /// One lock a key, as the database holds them.
    pub locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Its database, where it has one that may be looked into.
    pub mirror: Option<Mirror>,
}

/// How hard its clients press.
#[derive(Debug, Default)]
pub struct Load {
    now: AtomicUsize,
    peak: AtomicUsize,
    turned_away: AtomicUsize,
}

impl Load {
    fn enter(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
    }
}

impl Inside {
    pub fn state(&self) -> Held<'_> {
        Held {
            state: self.state.lock().unwrap_or_else(PoisonError::into_inner),
            inside: self,
            changed: false,
        }
    }

    pub fn setup(&self) -> Setup {
        self.setup
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn next_fault(&self) -> Option<Fault> {
        self.faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    /// With a state file the tickets outlive the process, as in a database.
    pub fn save(&self) {
        if let Some(file) = &self.file {
            let text = serde_json::to_string_pretty(&*self.state()).unwrap_or_default();
            let fresh = file.with_extension("new");
            if std::fs::write(&fresh, text).is_ok() {
                let _ = std::fs::rename(fresh, file);
            }
        }
    }
}

/// A running stand-in; it ends with its owner.
pub struct Standin {
    inside: Arc<Inside>,
    address: SocketAddr,
    server: JoinHandle<()>,
    database: Option<Mariadb>,
}

impl Standin {
    /// On a free port, with an empty database.
    ///
    /// # Panics
    ///
    /// When the machine has no free port.
    pub async fn start() -> Self {
        Self::stand(listener().await, "KUNCI-UJI", None, None)
    }

    /// The same, with our plugin in it.
    pub async fn with_plugin() -> Self {
        let standin = Self::start().await;
        standin.set_up(|setup| setup.plugin = Some("1.1.0".to_owned()));
        standin
    }

    /// Without our plugin, and with a database behind it that an account may look into.
    ///
    /// # Panics
    ///
    /// When MariaDB does not start.
    pub async fn with_database() -> Self {
        let made = Mariadb::start().and_then(|server| Ok((Mirror::start(&server)?, server)));
        let database = made.unwrap_or_else(|error| panic!("{error:#}"));
        let standin = Self::stand(listener().await, "KUNCI-UJI", None, Some(database));
        standin.set_up(|_| {});
        standin
    }

    /// On this socket, with this key, and the tickets of this file.
    pub fn serve(listener: TcpListener, key: &str, file: Option<PathBuf>) -> Self {
        Self::stand(listener, key, file, None)
    }

    fn stand(
        listener: TcpListener,
        key: &str,
        file: Option<PathBuf>,
        database: Option<(Mirror, Mariadb)>,
    ) -> Self {
        let known = file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        let state = known
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let (mirror, database) = database.unzip();
        let inside = Arc::new(Inside {
            state: Mutex::new(state),
            faults: Mutex::default(),
            setup: Mutex::default(),
            key: key.to_owned(),
            file,
            news: Notify::new(),
            load: Load::default(),
            locks: Mutex::default(),
            mirror,
        });
        let address = listener
            .local_addr()
            .unwrap_or_else(|error| panic!("a socket without an address: {error}"));
        let server = tokio::spawn(accept(listener, Arc::clone(&inside)));
        Self {
            inside,
            address,
            server,
            database,
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub fn key(&self) -> String {
        self.inside.key.clone()
    }

    /// Every ticket, half-made ones too, first to last.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.inside.state().tickets.clone()
    }

    /// Addresses that osTicket itself would have answered.
    pub fn answered(&self) -> Vec<String> {
        self.inside.state().answered.clone()
    }

    /// What the coming requests meet, one each.
    pub fn meet(&self, faults: impl IntoIterator<Item = Fault>) {
        self.inside
            .faults
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(faults);
    }

    /// The most writes that were ever under way at once.
    pub fn peak(&self) -> usize {
        self.inside.load.peak.load(Ordering::SeqCst)
    }

    /// Requests that came while it was down.
    pub fn turned_away(&self) -> usize {
        self.inside.load.turned_away.load(Ordering::SeqCst)
    }

    pub fn set_up(&self, change: impl FnOnce(&mut Setup)) {
        change(
            &mut self
                .inside
                .setup
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        // Its settings stand in its database too.
        self.inside.state().changed = true;
    }

    /// Runs until the process ends; for the demo's stand-in.
    pub async fn forever(mut self) {
        let _ = (&mut self.server).await;
    }
}

/// Its database, as an account sees it that may read there and nothing else.
impl Standin {
    /// # Panics
    ///
    /// When it stands without one.
    pub fn reader(&self) -> DatabaseSettings {
        let server = self.database.as_ref();
        DatabaseSettings {
            host: "127.0.0.1".to_owned(),
            port: server.unwrap_or_else(|| panic!("no database")).port(),
            user: mirror::READER.to_owned(),
            password: mirror::PASSWORD.to_owned(),
            database: mirror::DATABASE.to_owned(),
            prefix: "ost_".to_owned(),
        }
    }

    /// Takes it away, or brings it back as it was.
    ///
    /// # Panics
    ///
    /// When it stands without one, or MariaDB does not start again.
    pub fn database(&mut self) -> &mut Mariadb {
        let server = self.database.as_mut();
        server.unwrap_or_else(|| panic!("no database"))
    }
}

impl Drop for Standin {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn listener() -> TcpListener {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await;
    listener.unwrap_or_else(|error| panic!("no port for the stand-in: {error}"))
}

async fn accept(listener: TcpListener, inside: Arc<Inside>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, Arc::clone(&inside)));
    }
}

/// One request on one connection: osTicket closes after each.
async fn converse(mut stream: TcpStream, inside: Arc<Inside>) {
    let Some(request) = http::read(&mut stream).await else {
        return;
    };
    if let Some((status, body, header)) = inside.setup().down {
        inside.load.turned_away.fetch_add(1, Ordering::SeqCst);
        return http::answer(&mut stream, status, &body, &header).await;
    }
    let fault = if request.is_api() {
        inside.next_fault()
    } else {
        None
    };
    match &fault {
        Some(Fault::Answer(status, body)) => {
            return http::answer(&mut stream, *status, body, "").await;
        }
        Some(Fault::AnswerWith(status, body, header)) => {
            return http::answer(&mut stream, *status, body, header).await;
        }
        Some(Fault::ResetBefore) => return http::reset(&stream),
        Some(Fault::StallBefore(wait)) => tokio::time::sleep(*wait).await,
        _ => {}
    }
    let dies = if let Some(Fault::DieAtStep(step)) = fault {
        Some(step)
    } else {
        None
    };
    // PHP goes on when its client has left (O3): the work is a task of its own.
    let writes = request.method == "POST";
    let load = Arc::clone(&inside);
    let work = tokio::spawn(async move {
        if writes {
            load.load.enter();
        }
        let said = serve(Arc::clone(&load), request, dies).await;
        if writes {
            load.load.now.fetch_sub(1, Ordering::SeqCst);
        }
        said
    });
    let Ok(Some((status, body))) = work.await else {
        return http::reset(&stream);
    };
    inside.save();
    match fault {
        Some(Fault::ResetAfter) => http::reset(&stream),
        Some(Fault::StallAfter(wait)) => tokio::time::sleep(wait).await,
        Some(Fault::AnswerAfter(status, body)) => {
            http::answer(&mut stream, status, &body, "").await;
        }
        Some(Fault::EndlessAfter) => http::endless(&mut stream).await,
        _ => http::answer(&mut stream, status, &body, "").await,
    }
}

/// Answers honestly; `None` where PHP died.
async fn serve(
    inside: Arc<Inside>,
    request: http::Request,
    dies: Option<u8>,
) -> Option<(u16, String)> {
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/state.json") => {
            return Some((
                200,
                serde_json::to_string_pretty(&*inside.state()).unwrap_or_default(),
            ));
        }
        (_, path) if path.starts_with(plugin::BASE) && inside.setup().plugin.is_some() => {
            return plugin::serve(&inside, &request, dies).await;
        }
        ("GET", "/" | "/scp/") => return Some((200, inside.state().page())),
        ("POST", "/api/tickets.json" | "/api/tickets.email") => {}
        _ => return Some((400, "URL not supported".to_owned())),
    }
    // The key column's collation ignores case, and a wrong key and no key are told alike (O14).
    if !request
        .header("x-api-key")
        .is_some_and(|key| key.eq_ignore_ascii_case(&inside.key))
    {
        return Some((401, "Valid API key required".to_owned()));
    }
    if request.path == "/api/tickets.json" {
        json::create(&inside, &request.body, dies).await
    } else {
        email::create(&inside, &request.body, dies).await
    }
}
