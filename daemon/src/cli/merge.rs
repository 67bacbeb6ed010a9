//! `tanggap case merge`: two reports of one incident.

use super::staff::{On, act, known, operator};
use crate::case::{Act, Event, Exit};
use crate::clock::Clock;
use crate::config::OsticketSettings;
use crate::showing::Typed;
use crate::store::{Store, StoreError};
use crate::tongue::{say, word};

/// Joins a case into another: the same incident, reported twice (SOP step 2). Both keep their numbers.
pub async fn merge(
    store: &Store,
    clock: &Clock,
    (on, into, reason): (&On, &str, &str),
    settings: &OsticketSettings,
) -> Result<(), StoreError> {
    let operator = operator(on.by.as_ref())?;
    let (from, into) = (known(store, &on.register).await?, known(store, into).await?);
    if from.id == into.id {
        return Err(StoreError::Refused(
            word(
                "sebuah kasus tidak dapat digabung dengan dirinya sendiri",
                "a case cannot be merged with itself",
            )
            .to_owned(),
        ));
    }
    let gone = Act::Dismissed {
        exit: Exit::Duplicate,
        of: into.register.clone(),
        reason: reason.to_owned(),
    };
    let kept = Act::Linked {
        register: from.register.clone(),
        how: "digabung ke sini".to_owned(),
    };
    let typed = || {
        let acts = [(from.id, &gone), (into.id, &kept)];
        let typed = acts.map(|(case, act)| Typed {
            case,
            events: vec![Event::Acted(act.clone())],
        });
        typed.into()
    };
    act((store, clock), settings, typed, &operator).await?;
    println!(
        "{}",
        say!(
            "{} digabung ke {}; keduanya tetap tercatat.",
            "{} is merged into {}; both stay on record.",
            from.register,
            into.register
        )
    );
    Ok(())
}
