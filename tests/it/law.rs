//! The law of the house, read off the files: who may know whom, and what nobody may do.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that files under some paths must not contain, and why.
struct Law {
    why: &'static str,
    within: &'static [&'static str],
    except: &'static [&'static str],
    words: &'static [&'static str],
}

const LAWS: &[Law] = &[
    Law {
        why: "rules reads and judges; it touches nothing and asks for no time, so that it judges a mail alike at any place and time",
        within: &["rules/src"],
        except: &[],
        words: &[
            "tokio",
            "sqlx",
            "reqwest",
            "std::fs",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "std::env",
            "std::process",
            "::now(",
            "async fn",
            "tanggap_bridge",
        ],
    },
    Law {
        why: "bridge speaks osTicket; it knows nothing of reports, severity or storage",
        within: &["bridge/src"],
        except: &[],
        words: &[
            "tanggap_rules",
            "AnyPool",
            "Severity",
            "Classification",
            "mail_parser",
            "lettre",
        ],
    },
    Law {
        why: "the case machine, the wording of letters and the translation to a ticket are pure: a reviewer reads them as a table",
        within: &[
            "daemon/src/case",
            "daemon/src/letter/wording",
            "daemon/src/ticket",
        ],
        except: &[],
        words: &[
            "async ",
            "crate::store",
            "crate::mailbox",
            "tokio",
            "reqwest",
            "std::fs",
            "std::net",
            "lettre",
            "sqlx",
        ],
    },
    Law {
        why: "what is composed for others gets its language as a value; only a terminal asks which one this process speaks",
        within: &[
            "daemon/src/case",
            "daemon/src/letter/wording",
            "daemon/src/ticket",
            "daemon/src/sync/words",
            "rules/src",
            "bridge/src",
        ],
        except: &[],
        words: &["spoken()", "tongue::word", "say!("],
    },
    Law {
        why: "only daemon::store touches our database; bridge::database only reads osTicket's",
        within: &["daemon/src", "rules/src", "bridge/src"],
        except: &["daemon/src/store", "bridge/src/database"],
        words: &["sqlx"],
    },
    Law {
        why: "only the mailbox module knows the IMAP crate",
        within: &["daemon/src", "rules/src", "bridge/src"],
        except: &["daemon/src/mailbox"],
        words: &["async_imap", "imap_proto"],
    },
    Law {
        why: "only the post module, and the page that lays a letter out as bytes, know the mail crate",
        within: &["daemon/src", "rules/src", "bridge/src"],
        except: &["daemon/src/letter/post", "daemon/src/letter/compose"],
        words: &["lettre::", "use lettre"],
    },
    Law {
        why: "time and chance come from daemon::clock, so that tests can move the one and nobody can guess the other",
        within: &["daemon/src", "rules/src", "bridge/src"],
        except: &["daemon/src/clock.rs"],
        words: &[
            "Utc::now",
            "Local::now",
            "SystemTime::now",
            "rand::",
            "getrandom",
            "secure_random",
            "RandomState",
        ],
    },
    Law {
        why: "what is in the tree works; what does not work yet is not in the tree",
        within: &["daemon", "rules", "bridge", "tests/src", "systemd"],
        except: &[],
        words: &[
            "TODO",
            "FIXME",
            "XXX",
            "todo!(",
            "unimplemented!(",
            "#[ignore",
        ],
    },
];

/// What the two leaves may depend on. Whoever adds a line here says why in the commit message.
const MAY_DEPEND: [(&str, &[&str]); 2] = [
    (
        "rules",
        &[
            "aho-corasick",
            "compact_str",
            "mail-parser",
            "memchr",
            "miniz_oxide",
            "psl",
            "regex",
            "regex-syntax",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "toml",
        ],
    ),
    (
        "bridge",
        &[
            "base64",
            "futures",
            "reqwest",
            "rustls",
            "serde",
            "serde_json",
            "sha2",
            "sqlx",
            "thiserror",
            "tokio",
        ],
    ),
];

/// Lines of code in one file, at most: comments, blank lines and tests not counted.
const LONGEST: usize = 450;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file below these folders with its path from the root, in order.
fn files(folders: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if let Ok(text) = fs::read_to_string(&path) {
            found.push((
                path.strip_prefix(root()).unwrap().display().to_string(),
                text,
            ));
        }
    }
    found.sort();
    assert!(
        !found.is_empty(),
        "{folders:?} hold no file: the law would judge nothing"
    );
    found
}

fn sources() -> Vec<(String, String)> {
    files(&["daemon/src", "rules/src", "bridge/src"])
        .into_iter()
        .filter(|(path, _)| is_rust(path))
        .collect()
}

fn is_rust(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

/// What runs in production: no comments, no test module (which stands at a file's end).
fn production(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    code.lines()
        .map(|line| {
            if line.trim_start().starts_with("//") {
                "\n"
            } else {
                line
            }
            .to_owned()
                + "\n"
        })
        .collect()
}

/// A path lies within a folder, or is a module of that name: `daemon/src/case` means `case.rs` and `case/`.
fn lies_in(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| {
        path.strip_prefix(place)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
    })
}

/// The files a law is about.
fn within(law: &Law) -> Vec<(String, String)> {
    let all = files(&["daemon", "rules", "bridge", "systemd", "tests/src"]);
    let meant =
        |path: &str| lies_in(path, law.within) && !lies_in(path, law.except) && !is_test(path);
    all.into_iter().filter(|(path, _)| meant(path)).collect()
}

/// Every place where a law is broken.
fn breaches(law: &Law) -> Vec<String> {
    let judged = within(law);
    assert!(
        !judged.is_empty(),
        "{:?} hold no file: the law would judge nothing",
        law.within
    );
    let mut found = Vec::new();
    for (path, text) in judged {
        let code = if is_rust(&path) {
            production(&text)
        } else {
            text
        };
        for (number, line) in code.lines().enumerate() {
            let said = law.words.iter().filter(|word| line.contains(**word));
            found.extend(said.map(|word| format!("{path}:{}: `{word}`: {}", number + 1, law.why)));
        }
    }
    found
}

#[test]
fn nobody_knows_whom_he_must_not_know() {
    let broken: Vec<String> = LAWS.iter().flat_map(breaches).collect();
    assert!(
        broken.is_empty(),
        "the law of the house is broken:\n{}",
        broken.join("\n")
    );
}

#[test]
fn the_leaves_depend_on_little() {
    for (krate, allowed) in MAY_DEPEND {
        let manifest: toml::Table = fs::read_to_string(root().join(krate).join("Cargo.toml"))
            .unwrap()
            .parse()
            .unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap();
        let strange: Vec<_> = dependencies
            .keys()
            .filter(|name| !allowed.contains(&name.as_str()))
            .collect();
        assert!(
            strange.is_empty(),
            "{krate} depends on {strange:?}: the leaves stay small and touch nothing (MAY_DEPEND)"
        );
    }
}

#[test]
fn production_code_knows_no_tests() {
    for (path, text) in sources().iter().filter(|(path, _)| !is_test(path)) {
        let code = production(text);
        for mark in [
            "cfg(test)",
            "cfg!(test)",
            "allow(clippy::unwrap",
            "allow(clippy::indexing",
            "allow(clippy::string_slice",
        ] {
            assert!(
                !code.contains(mark),
                "{path}: `{mark}` outside a test module: what is tested must be what runs"
            );
        }
    }
}

#[test]
fn no_file_is_too_long_to_read_at_a_sitting() {
    let written = |text: &str| {
        production(text)
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count()
    };
    let lengths = sources()
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| (written(&text), path));
    let long: Vec<_> = lengths.filter(|(lines, _)| *lines > LONGEST).collect();
    assert!(
        long.is_empty(),
        "more than {LONGEST} lines: {long:?}; find the two things such a file does, and part them"
    );
    let page = fs::read_to_string(root().join("daemon/src/service.rs")).unwrap();
    assert!(
        page.lines().count() <= 120,
        "daemon/src/service.rs is THE page: at most 120 lines"
    );
}

/// The law must be able to see a crime.
#[test]
fn the_law_is_not_blind() {
    assert!(
        production("use sqlx::Row;\n// sqlx\n#[cfg(test)]\nmod tests { sqlx }")
            .matches("sqlx")
            .count()
            == 1
    );
    assert!(
        lies_in("daemon/src/case.rs", &["daemon/src/case"])
            && lies_in("daemon/src/case/a.rs", &["daemon/src/case"])
    );
    assert!(!lies_in("daemon/src/cases.rs", &["daemon/src/case"]));
}
