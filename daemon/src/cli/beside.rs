//! The verbs that work beside a running daemon: they open the store, look or change, and end.

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};

use super::books::{self, Books};
use super::escalate::{self, Escalate};
use super::intake::{New, Split};
use super::queue::{self, Released};
use super::report::{self, Report};
use super::retention::{self, Retention};
use super::staff::{self, Deed, On};
use super::{Format, case, dossier, journal, merge};
use crate::case::Channel;
use crate::clock::Clock;
use crate::config::{Config, Secrets};
use crate::store::{Role, Store, StoreError};

/// Looks at the store, or changes what is ordered.
#[derive(Debug, Subcommand)]
pub enum Beside {
    /// Lihat nasib setiap surel: macam, tingkat, tiket, tanda terima atau mengapa tidak
    Journal {
        /// Berapa surel terbaru
        #[arg(long, value_name = "BANYAK", default_value_t = 1000)]
        limit: i64,
    },
    /// Lihat kasus di register
    #[command(
        subcommand_value_name = "PERINTAH",
        subcommand_help_heading = "Perintah"
    )]
    Case {
        #[command(subcommand)]
        what: Cases,
    },
    /// Buku-buku SOP: antrian, register, agenda, disposisi, surat
    #[command(
        subcommand_value_name = "PERINTAH",
        subcommand_help_heading = "Perintah",
        after_help = books::EXAMPLES
    )]
    Books {
        #[command(subcommand)]
        what: Books,
    },
    /// Laporan bulanan, triwulan, tahunan: untuk Kepala Dinas, atau ringkas untuk Bupati/Sekda
    #[command(help_template = super::TEMPLATE, after_help = report::EXAMPLES)]
    Report(Box<Report>),
    /// Hapus surel asli yang sudah lewat waktunya; tanpa --apply hanya rencana
    #[command(help_template = super::TEMPLATE, after_help = retention::EXAMPLES, subcommand_value_name = "PERINTAH", subcommand_help_heading = "Perintah", args_conflicts_with_subcommands = true)]
    Retention(Retention),
    /// Lihat perintah yang menunggu: giliran, jawaban, atau manusia
    Queue {
        /// Juga yang sudah selesai
        #[arg(long)]
        all: bool,
    },
    /// Tahan perintah, atau satu jalur seluruhnya
    Hold(Which),
    /// Lepaskan yang ditahan, atau catat bahwa sudah terlaksana
    Release {
        #[command(flatten)]
        which: Which,
        /// Tiketnya sudah ada: catat nomornya
        #[arg(long, value_name = "NOMOR", conflicts_with_all = ["sent", "channel"])]
        ticket: Option<String>,
        /// Surat atau pesannya sudah terkirim: catat
        #[arg(long, conflicts_with = "channel")]
        sent: bool,
    },
    /// Coba lagi sekarang; bagi yang belum diketahui ini berarti: belum terlaksana
    Retry {
        #[arg(required = true, value_name = "KUNCI")]
        keys: Vec<String>,
    },
    /// Batalkan perintah, dengan alasan yang tercatat pada kasusnya
    Drop {
        #[arg(required = true, value_name = "KUNCI")]
        keys: Vec<String>,
        /// Mengapa dibatalkan
        #[arg(long, value_name = "ALASAN")]
        reason: String,
    },
}

/// What to see of the register.
#[derive(Debug, Subcommand)]
pub enum Cases {
    /// Semua kasus, yang terbaru di bawah
    List {
        /// Berapa kasus terbaru
        #[arg(long, value_name = "BANYAK", default_value_t = 1000)]
        limit: i64,
    },
    /// Satu kasus dan apa yang terjadi padanya
    Show {
        #[arg(value_name = "REGISTER")]
        register: String,
    },
    /// Catat laporan yang datang bukan lewat surel
    New(Box<New>),
    /// Langkah 7: kerangka laporan analisis, dengan kronologi, tindakan, dan bukti
    #[command(after_help = dossier::EXAMPLES)]
    Analysis(dossier::Analysis),
    /// Langkah 9: draf publikasi tanpa nama, alamat, dan URL korban; dirilis hanya dengan --release
    #[command(after_help = dossier::EXAMPLES)]
    Publication(dossier::Publication),
    /// Jadikan satu surel dalam kasus sebagai kasus sendiri
    Split(Split),
    /// Gabungkan kasus ini ke kasus lain: kejadian yang sama
    Merge {
        #[command(flatten)]
        on: On,
        /// Kasus yang diteruskan
        #[arg(long, value_name = "REGISTER")]
        into: String,
        #[arg(long, value_name = "ALASAN", value_parser = staff::said)]
        reason: String,
    },
    /// Langkah 3 dan 4: eskalasi ke BSSN, dengan paketnya
    #[command(after_help = escalate::EXAMPLES)]
    Escalate(Box<Escalate>),
    #[command(flatten)]
    Deed(Box<Deed>),
}

/// Single orders, or a channel as a whole.
#[derive(Debug, Args)]
pub struct Which {
    /// Kunci perintah, misalnya INS-2026-0042/ticket
    #[arg(
        required_unless_present = "channel",
        conflicts_with = "channel",
        value_name = "KUNCI"
    )]
    keys: Vec<String>,
    /// Satu jalur seluruhnya: desk (osTicket) atau post (surat)
    #[arg(long, value_enum, value_name = "JALUR", hide_possible_values = true)]
    channel: Option<Way>,
}

/// A channel as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    Desk,
    Post,
}

impl Way {
    fn channel(self) -> Channel {
        match self {
            Self::Desk => Channel::Desk,
            Self::Post => Channel::Post,
        }
    }
}

impl Beside {
    /// Opens the store beside the daemon and does it.
    pub fn act(&self, file: &Path, format: Format) -> anyhow::Result<()> {
        let config = Config::load(file, Secrets::Store)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let clock = Clock::default();
            let store = Store::open(&config.store, Role::Visitor, &clock).await?;
            let done = match self {
                Self::Case { what } => what.act_on((&store, &clock), config, format).await,
                Self::Books { what } => what.act((&store, &clock), &config, format).await,
                Self::Retention(retention) => {
                    retention.act((&store, &clock), &config, format).await
                }
                Self::Report(report) => report.act((&store, &clock), &config, format).await,
                other => other
                    .act_on(&store, &clock, format)
                    .await
                    .map_err(Into::into),
            };
            store.close().await;
            done
        })
    }

    async fn act_on(&self, store: &Store, clock: &Clock, format: Format) -> Result<(), StoreError> {
        match self {
            Self::Journal { limit } => journal::journal(store, format, *limit).await,
            Self::Case { .. } | Self::Books { .. } | Self::Report(_) | Self::Retention(_) => Ok(()),
            Self::Queue { all } => queue::queue(store, format, *all).await,
            Self::Hold(which) => match which.channel {
                Some(way) => queue::hold_channel(store, clock, way.channel()).await,
                None => queue::hold(store, &which.keys).await,
            },
            Self::Release {
                which,
                ticket,
                sent,
            } => match which.channel {
                Some(way) => queue::release_channel(store, clock, way.channel()).await,
                None => {
                    queue::release(store, clock, &which.keys, &how(ticket.as_ref(), *sent)).await
                }
            },
            Self::Retry { keys } => queue::retry(store, clock, keys).await,
            Self::Drop { keys, reason } => queue::drop_orders(store, clock, keys, reason).await,
        }
    }
}

impl Cases {
    async fn act_on(
        &self,
        (store, clock): (&Store, &Clock),
        config: Config,
        format: Format,
    ) -> anyhow::Result<()> {
        match self {
            Self::List { limit } => case::list(store, format, *limit).await?,
            Self::Show { register } => {
                let since = clock.now().minus(config.related_window);
                case::show(store, (format, since), register).await?;
            }
            Self::New(new) => new.act((store, clock), config, format).await?,
            Self::Analysis(analysis) => analysis.act((store, clock), &config, format).await?,
            Self::Publication(publication) => publication.act((store, clock), &config).await?,
            Self::Split(split) => split.act((store, clock), config).await?,
            Self::Merge { on, into, reason } => {
                merge::merge(store, clock, (on, into, reason), &config.osticket).await?;
            }
            Self::Escalate(escalate) => escalate.act((store, clock), &config, format).await?,
            Self::Deed(deed) => deed.carry_out((store, clock), &config).await?,
        }
        Ok(())
    }
}

fn how(ticket: Option<&String>, sent: bool) -> Released {
    match ticket {
        Some(number) => Released::Ticket(number.clone()),
        None if sent => Released::Sent,
        None => Released::GoOn,
    }
}
