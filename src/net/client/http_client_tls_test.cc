// Certificates: whom the client trusts.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/bytes.h"
#include "base/io_threads.h"
#include "net/client/http_client.h"

namespace freshet::net {
namespace {

// Answers each connection once, over TLS, with a certificate of its own making for 127.0.0.1.
class TlsServer {
 public:
  TlsServer() {
    MakeCertificate();
    SSL_CTX_use_certificate(context_, certificate_);
    SSL_CTX_use_PrivateKey(context_, key_);
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 8), 0);
    socklen_t size = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~TlsServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    SSL_CTX_free(context_);
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }

  std::string Url(std::string_view host) const {
    return fmt::format("https://{}:{}/", host, port_);
  }
  void WriteCertificate(const std::filesystem::path& path) const {
    FILE* file = fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    PEM_write_X509(file, certificate_);
    fclose(file);
  }

 private:
  void MakeCertificate() {
    key_ = EVP_EC_gen("P-256");
    certificate_ = X509_new();
    X509_set_version(certificate_, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(certificate_), 3'600);
    X509_set_pubkey(certificate_, key_);
    X509_NAME* name = X509_get_subject_name(certificate_);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate_, name);
    X509_EXTENSION* hosts =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate_, hosts, -1);
    X509_EXTENSION_free(hosts);
    X509_sign(certificate_, key_, EVP_sha256());
  }

  void Run() {
    sigset_t broken_pipe;  // a client that refuses the certificate hangs up
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    for (;;) {
      const int client = accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      SSL* tls = SSL_new(context_);
      SSL_set_fd(tls, client);
      if (SSL_accept(tls) == 1) {
        std::array<char, 4096> request;
        SSL_read(tls, request.data(), request.size());
        constexpr std::string_view kAnswer =
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsafe";
        SSL_write(tls, kAnswer.data(), static_cast<int>(kAnswer.size()));
        SSL_shutdown(tls);
      }
      SSL_free(tls);
      close(client);
    }
  }

  SSL_CTX* context_ = SSL_CTX_new(TLS_server_method());
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class HttpClientTlsTest : public testing::Test {
 protected:
  HttpClientTlsTest() { server_.WriteCertificate(ca_file_); }
  ~HttpClientTlsTest() override { std::filesystem::remove(ca_file_); }

  Result<ClientResponse> Get(const std::string& url) {
    HttpClient client(options_, clock_, logger_, metrics_);
    return RunBlocking(client.Send({.url = url}, Deadline::After(clock_, Duration(20'000))));
  }

  const std::filesystem::path ca_file_ =
      std::filesystem::temp_directory_path() /
      fmt::format("freshet-ca-{}.pem", EncodeHex(RandomBytes(8)));
  TlsServer server_;
  SystemClock clock_;
  Logger logger_{{.level = LogLevel::kError}};
  Metrics metrics_;
  HttpClientOptions options_;
};

TEST_F(HttpClientTlsTest, ACertificateThatNobodyVouchesForIsRefused) {
  EXPECT_EQ(Get(server_.Url("127.0.0.1")).error().code(), "tls_untrusted");
}

TEST_F(HttpClientTlsTest, TheConfiguredAuthorityIsTrusted) {
  options_.ca_file = ca_file_.string();
  EXPECT_EQ(Get(server_.Url("127.0.0.1")).value().body, "safe");
}

TEST_F(HttpClientTlsTest, ACertificateForAnotherHostIsRefused) {
  options_.ca_file = ca_file_.string();
  EXPECT_EQ(Get(server_.Url("localhost")).error().code(), "tls_untrusted");
}

}  // namespace
}  // namespace freshet::net
