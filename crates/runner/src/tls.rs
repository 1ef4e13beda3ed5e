//! Engines behind TLS, with the files that the Docker command line has for them: `ca.pem` for the engine's certificate,
//! `cert.pem` and `key.pem` for ours.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, RootCertStore,
        SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    },
};

use crate::tunnel::TunnelError;

/// What the user has said about TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) directory: PathBuf,
    /// Whether the engine has to show who it is.
    pub(crate) verifies: bool,
}

pub(crate) struct TlsClient {
    connector: TlsConnector,
    /// Host and port.
    authority: String,
    name: ServerName<'static>,
    files: TlsFiles,
    has_certificate: bool,
}

const DEFAULT_PORT: u16 = 2376;
const AUTHORITY: &str = "ca.pem";
const CERTIFICATE: &str = "cert.pem";
const KEY: &str = "key.pem";

impl TlsFiles {
    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn certificates(&self, name: &str) -> Result<Vec<CertificateDer<'static>>, String> {
        let path = self.path(name);
        let text = read(&path)?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        match found {
            Ok(found) if !found.is_empty() => Ok(found),
            Ok(_) => Err(format!("{} has no certificate in it", path.display())),
            Err(error) => Err(format!("{} has no certificate in it: {error}", path.display())),
        }
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, String> {
        let path = self.path(KEY);
        PrivateKeyDer::from_pem_slice(&read(&path)?)
            .map_err(|error| format!("{} has no private key without a passphrase in it: {error}", path.display()))
    }

    fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

impl TlsClient {
    /// `authority` is what follows `tcp://`.
    pub(crate) fn new(authority: &str, files: TlsFiles) -> Result<TlsClient, String> {
        let authority = with_port(authority, DEFAULT_PORT);
        let host = authority.rsplit_once(':').map_or(authority.as_str(), |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("`{host}` is no name of a machine"))?;
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| error.to_string())?;
        let builder = if files.verifies {
            let mut roots = RootCertStore::empty();
            for certificate in files.certificates(AUTHORITY)? {
                let path = files.path(AUTHORITY);
                roots.add(certificate).map_err(|error| format!("{} is of no use: {error}", path.display()))?;
            }
            builder.with_root_certificates(roots)
        } else {
            builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        };
        // As the Docker command line: who has neither connects without.
        let has_certificate = files.exists(CERTIFICATE) || files.exists(KEY);
        let config = if has_certificate {
            let (certificates, key) = (files.certificates(CERTIFICATE)?, files.key()?);
            builder.with_client_auth_cert(certificates, key).map_err(|error| {
                format!("{CERTIFICATE} and {KEY} in {} do not fit together: {error}", files.directory.display())
            })?
        } else {
            builder.with_no_client_auth()
        };
        Ok(TlsClient { connector: TlsConnector::from(Arc::new(config)), authority, name, files, has_certificate })
    }

    pub(crate) async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        self.connector.connect(self.name.clone(), stream).await.map_err(|error| self.explain(error))
    }

    /// What is wrong with whose certificate.
    pub(crate) fn explain(&self, error: io::Error) -> io::Error {
        let Some(problem) = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) else {
            return error;
        };
        let path = |name| self.files.path(name).display().to_string();
        let words = match problem {
            // The latter of an authority of the same name.
            TlsError::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => {
                format!("the engine's certificate is not signed by the authority in {}", path(AUTHORITY))
            }
            TlsError::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ) => format!("the engine's certificate is not for `{}`", self.name.to_str()),
            TlsError::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
                "the engine's certificate has expired".to_owned()
            }
            TlsError::InvalidCertificate(reason) => format!("the engine's certificate is not accepted: {reason}"),
            TlsError::AlertReceived(alert) if !self.has_certificate && is_about_certificates(*alert) => {
                format!("the engine wants a certificate, and there is no {}", path(CERTIFICATE))
            }
            TlsError::AlertReceived(alert) if is_about_certificates(*alert) => {
                format!("the engine does not accept the certificate in {} ({alert:?})", path(CERTIFICATE))
            }
            TlsError::InvalidMessage(_) => {
                "what answers there does not speak TLS; without DOCKER_TLS_VERIFY and DOCKER_TLS it would be asked without"
                    .to_owned()
            }
            other => format!("no connection with TLS: {other}"),
        };
        TunnelError(words).into_io()
    }
}

/// An address with the port that is usual where it names none.
pub(crate) fn with_port(authority: &str, default: u16) -> String {
    let authority = authority.trim_end_matches('/');
    let after_host = authority.rfind(']').map_or(authority, |bracket| &authority[bracket..]);
    if after_host.contains(':') { authority.to_owned() } else { format!("{authority}:{default}") }
}

fn is_about_certificates(alert: AlertDescription) -> bool {
    use AlertDescription as Alert;
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::HandshakeFailure
            | Alert::DecryptError
    )
}

/// `DOCKER_TLS` without `DOCKER_TLS_VERIFY`: what is sent is encrypted, for whoever is there.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_added_where_there_is_none() {
        assert_eq!(with_port("far", 2376), "far:2376");
        assert_eq!(with_port("far/", 2376), "far:2376");
        assert_eq!(with_port("far:1", 2376), "far:1");
        assert_eq!(with_port("[::1]", 2376), "[::1]:2376");
        assert_eq!(with_port("[::1]:1", 2376), "[::1]:1");
    }

    #[test]
    fn files_that_are_of_no_use_are_named() {
        let directory = tempfile::tempdir().expect("a directory");
        let files = TlsFiles { directory: directory.path().to_owned(), verifies: true };
        let problem = |files: &TlsFiles| TlsClient::new("far", files.clone()).err().expect("a problem");
        assert!(problem(&files).contains("ca.pem cannot be read: No such file"), "{}", problem(&files));
        std::fs::write(files.path(AUTHORITY), "nonsense").expect("written");
        assert!(problem(&files).ends_with("ca.pem has no certificate in it"), "{}", problem(&files));
        let anybody = TlsFiles { verifies: false, ..files };
        assert!(TlsClient::new("far", anybody.clone()).is_ok());
        std::fs::write(anybody.path(KEY), "nonsense").expect("written");
        assert!(problem(&anybody).contains("cert.pem cannot be read"), "{}", problem(&anybody));
        assert!(TlsClient::new("f ar", anybody).is_err());
    }
}
