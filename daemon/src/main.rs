//! Verb in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    tanggap::cli::main()
}
