//! The osTicket stand-in as a program, for `make demo`: `standin ADDRESS KEY STATE-FILE`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use tanggap_tests::world::osticket::Standin;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .context("usage: standin ADDRESS KEY STATE-FILE")
    };
    let (address, key, file) = (next()?, next()?, next()?);
    let listener = TcpListener::bind(&address)
        .await
        .with_context(|| format!("listening on {address}"))?;
    let desk = Standin::serve(listener, &key, Some(PathBuf::from(file)));
    println!("{}", desk.url());
    desk.forever().await;
    Ok(())
}
