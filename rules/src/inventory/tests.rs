#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Inventory, Vital};

const TOML: &str = r#"
[[asset]]
name = "SIMRS RSUD Kalisari"
aliases = ["SIMRS"]
domains = ["simrs.batangkab.go.id"]
addresses = ["203.0.113.0/28"]
owner = "RSUD Kalisari"
core = true
personal_data = true
iiv = "belum"

[[asset]]
name = "Portal Kabupaten"
domains = ["batangkab.go.id"]
iiv = true

[[asset]]
name = "Hosting desa"
domains = ["*.desa-batang.id"]

[[asset]]
name = "SIPD"
owner = "Kemendagri"
outside = true
"#;

fn names(inventory: &Inventory, text: &str) -> Vec<String> {
    inventory
        .seen(&[text])
        .into_iter()
        .map(|seen| seen.name)
        .collect()
}

#[test]
fn an_asset_is_found_by_name_host_and_address() {
    let inventory = Inventory::read("aset.toml", TOML).unwrap();
    let check = |text: &str, wanted: &[&str]| assert_eq!(names(&inventory, text), wanted, "{text}");
    check("simrs kami mati", &["SIMRS RSUD Kalisari"]);
    check(
        "https://www.simrs.batangkab.go.id/login dibuka",
        &["SIMRS RSUD Kalisari"],
    );
    check(
        "trafik ke 203.0.113.14:443 melonjak",
        &["SIMRS RSUD Kalisari"],
    );
    check("trafik ke 203.0.113.16 melonjak", &[]);
    check("halaman batangkab.go.id. berubah", &["Portal Kabupaten"]);
    check("dinkes.batangkab.go.id berubah", &[]);
    check("hubungi budi@batangkab.go.id", &[]);
    check("hubungi budi@mail.desa-batang.id", &[]);
    check(
        "situs kluwut.desa-batang.id menampilkan slot",
        &["Hosting desa"],
    );
    check("nama simrsx bukan milik kami", &[]);
    check("login SIPD gagal", &["SIPD"]);
}

#[test]
fn a_sheet_out_of_a_spreadsheet_says_the_same() {
    let csv = "\u{feff}Nama;Domain;Alamat IP;OPD;Layanan inti;Data pribadi;IIV\r\n\
               # baris catatan\r\n\
               SIMRS RSUD;\"simrs.batangkab.go.id; pacs.batangkab.go.id\";203.0.113.5;RSUD;ya;ya;belum\r\n\
               ;;;;;;\r\n\
               Situs Pariwisata;wisata.batangkab.go.id;;Disparpora;tidak;;tidak\r\n";
    let inventory = Inventory::read("aset.CSV", csv).unwrap();
    let assets = inventory.assets();
    assert_eq!(assets.len(), 2);
    assert_eq!(
        assets[0].domains,
        ["simrs.batangkab.go.id", "pacs.batangkab.go.id"]
    );
    assert_eq!(
        (assets[0].core, assets[0].personal_data, assets[0].vital),
        (true, true, Vital::Unknown)
    );
    assert_eq!(
        (assets[1].owner.as_str(), assets[1].core),
        ("Disparpora", false)
    );
}

#[test]
fn every_fault_of_a_sheet_is_told_with_its_place() {
    let csv = "nama,domian,ip,inti\nAB,x.go.id,1.2.3,kadang\n,x,,\nSitus,y,203.0.113.1,ya,lebih\n";
    let faults = Inventory::read("aset.csv", csv).unwrap_err();
    let told: Vec<String> = faults
        .iter()
        .map(|one| format!("{}:{} {}", one.line, one.column, one.what))
        .collect();
    let wanted = [
        "1:6 kunci tidak dikenal `asset.domian`",
        "2:1 `AB` terlalu pendek untuk nama aset: ia ada di mana-mana",
        "2:12 `1.2.3` bukan alamat IP",
        "2:18 `kadang` bukan ya atau tidak",
        "3:1 kunci `name` wajib ada di `asset`",
        "4:24 sel ini di luar kolom yang berjudul",
    ];
    for one in wanted {
        assert!(told.iter().any(|line| line == one), "{one}\n{told:#?}");
    }
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
}
