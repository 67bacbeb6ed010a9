//! TLS as everything here speaks it: the system's certificate authorities, one more if the configuration names it, nothing weaker.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

use crate::config::Server;
use crate::tongue::say;

/// Why TLS to a server could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{}", say!("berkas sertifikat CA tidak dapat dibaca", "the CA certificate file cannot be read"))]
    Certificates(#[source] io::Error),
    #[error("{}", say!("nama server {0} tidak sah", "the server name {0} is not valid", _0))]
    Host(String),
    #[error("{}", say!("versi TLS tidak tersedia", "no TLS version is available"))]
    Versions(#[source] rustls::Error),
}

/// For connections to this server.
pub fn connector(server: &Server) -> Result<TlsConnector, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = &server.ca_file {
        roots.add_parsable_certificates(extra(path)?);
    }
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Versions)?
            .with_root_certificates(roots)
            .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The name the server's certificate must bear.
pub fn name(server: &Server) -> Result<ServerName<'static>, TlsError> {
    ServerName::try_from(server.host.clone()).map_err(|_| TlsError::Host(server.host.clone()))
}

/// How many authorities this file names that can really be used.
pub fn authorities(path: &Path) -> io::Result<usize> {
    let pem = std::fs::read(path)?;
    let certificates = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok);
    let (usable, _) = RootCertStore::empty().add_parsable_certificates(certificates);
    Ok(usable)
}

fn extra(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = std::fs::read(path).map_err(TlsError::Certificates)?;
    CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|error| TlsError::Certificates(io::Error::new(io::ErrorKind::InvalidData, error)))
}
