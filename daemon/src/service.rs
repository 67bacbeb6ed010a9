//! THE page: what runs, on what pace, and who nudges whom.
//!
//! ```text
//! fetch (one per mailbox and folder) ─► judge ─► deliver desk ─┐
//!                                         └────► deliver post ─┴─► sync (looks up what nobody knows;
//!                                                                   takes in what staff did)
//! ```

use std::process::ExitCode;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::crew::{Crew, Job, Nudge};
use crate::house::{House, StartError};
use crate::pace::Tick;

/// Unread mail is looked for at least this often; usually a fetch tells at once.
const JUDGE_PERIOD: Duration = Duration::from_secs(30);
/// An order whose next try falls due is noticed this soon; of a new one a judge tells at once.
const DELIVER_PERIOD: Duration = Duration::from_secs(2);
/// Unknown outcomes wait for minutes anyway.
const SYNC_PERIOD: Duration = Duration::from_secs(10);
/// Where osTicket cannot be read now, it is asked again this soon; else it is the one who keeps us waiting.
const FOLLOW_PERIOD: Duration = Duration::from_secs(5);
/// A changed rule file is in force after two looks.
const RULES_PERIOD: Duration = Duration::from_secs(5);
/// Deadlines are hours long.
const REMIND_PERIOD: Duration = Duration::from_mins(1);
/// What `systemctl status` shows.
const STATUS_PERIOD: Duration = Duration::from_mins(1);

/// Runs the daemon until a signal ends it.
pub async fn run(config: Config, clock: Clock) -> Result<ExitCode, StartError> {
    let house = House::open(config, clock).await?;
    let mut crew = Crew::gather()?;
    let (judge, desk, post) = (Nudge::default(), Nudge::default(), Nudge::default());

    for watch in house.watches() {
        let fetching = Job::every(watch.poll, &watch.name);
        crew.add(fetching.then_wakes([&judge]), watch.fetch);
    }
    let judging = Job::every(JUDGE_PERIOD, "judge").or_on(&judge);
    crew.add(judging.then_wakes([&desk, &post]), house.judge());

    let opening = Job::every(DELIVER_PERIOD, "deliver desk").or_on(&desk);
    crew.add(opening.then_wakes([&desk, &post]), house.deliver_desk());

    let posting = Job::every(DELIVER_PERIOD, "deliver post").or_on(&post);
    crew.add(posting, house.deliver_post());

    let looking = Job::every(SYNC_PERIOD, "sync");
    crew.add(looking.then_wakes([&desk, &post]), house.sync());

    let following = Job::every(FOLLOW_PERIOD, "sync desk");
    crew.add(following.then_wakes([&desk]), house.follow());

    crew.add(Job::every(RULES_PERIOD, "rules"), house.rule_changes());
    let reminding = Job::every(REMIND_PERIOD, "remind");
    crew.add(reminding.then_wakes([&post]), house.remind());

    crew.add(Job::every(STATUS_PERIOD, "status"), house.status());

    let code = crew.work(house.rulebook()).await;
    house.close().await;
    Ok(code)
}

/// Does everything there is to do now, and ends: every tick in turn, round after round, until a round finds nothing.
pub async fn once(config: Config, clock: Clock) -> Result<(), StartError> {
    let house = House::open(config, clock).await?;
    let mut watches = house.watches();
    let (mut judge, mut sync) = (house.judge(), house.sync());
    let mut follow = house.follow();
    let mut remind = house.remind();
    let (mut desk, mut post) = (house.deliver_desk(), house.deliver_post());
    let mut patience = house.patience();
    loop {
        let mut done = 0;
        for watch in &mut watches {
            done += house.exhaust(&mut watch.fetch).await?;
        }
        done += house.exhaust(&mut judge).await? + house.exhaust(&mut desk).await?;
        done += house.exhaust(&mut post).await? + house.exhaust(&mut sync).await?;
        done += house.exhaust(&mut follow).await? + house.exhaust(&mut remind).await?;
        if done == 0 && !patience.wait_for_more().await? {
            for watch in &mut watches {
                watch.fetch.end().await;
            }
            house.close().await;
            return Ok(());
        }
    }
}
