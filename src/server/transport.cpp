// SPDX-License-Identifier: Apache-2.0
// The only file that knows sockets.
#include "server/transport.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#define ASIO_STANDALONE
#include <asio.hpp>
#include <asio/ssl.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "server/gzip.h"

namespace truce::server {
namespace {

using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::size_t read_size = 16384;
constexpr std::size_t slice_size = 65536;
constexpr std::size_t worth_compressing = 1024;

std::string_view reason_of(int status) {
    switch (status) {
        case 100:
            return "Continue";
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 303:
            return "See Other";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 411:
            return "Length Required";
        case 412:
            return "Precondition Failed";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Status";
    }
}

bool is_text(std::string_view content_type) {
    return content_type.starts_with("text/") || content_type.find("json") != std::string_view::npos ||
           content_type.find("xml") != std::string_view::npos ||
           content_type.find("javascript") != std::string_view::npos;
}

bool takes_gzip(const Headers& headers) {
    const auto accepted = headers.find("Accept-Encoding");
    if (!accepted) return false;
    for (const auto choice : split(*accepted, ',')) {
        const auto parts = split(choice, ';');
        if (parts.empty() || (lower_ascii(parts[0]) != "gzip" && parts[0] != "*")) continue;
        return parts.size() < 2 || (parts[1] != "q=0" && parts[1] != "q=0.0");
    }
    return false;
}

/// Compresses the answer where that is worth it.
void compress(Response& response, const Headers& asked) {
    const auto type = response.headers.find("Content-Type");
    if (!type || !is_text(*type) || response.headers.find("Content-Encoding") || response.status == 304) return;
    if (std::holds_alternative<Subscribe>(response.body)) return;
    auto* pieces = std::get_if<Pieces>(&response.body);
    if (pieces == nullptr && response.text().size() < worth_compressing) return;
    response.headers.add("Vary", "Accept-Encoding");
    if (!takes_gzip(asked)) return;
    response.headers.add("Content-Encoding", "gzip");
    if (pieces == nullptr) {
        response.body = gzipped(response.text());
        return;
    }
    response.body = Pieces([next = std::move(*pieces), gzip = std::make_shared<Gzip>(), ended = false]() mutable {
        if (ended) return std::string();
        const auto piece = next();
        ended = piece.empty();
        return gzip->add(piece, ended ? Gzip::More::none : Gzip::More::follows);
    });
}

/// `Wed, 04 May 2016 00:01:00 GMT`, whatever the locale.
std::string http_date() {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(parts.tm_wday)],
                       parts.tm_mday, months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

enum class Framing : std::uint8_t { length, chunked, until_close };

std::string head_text(const Response& response, Framing framing, std::size_t length, bool keep_alive) {
    std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason_of(response.status), http_date());
    for (const auto& [name, value] : response.headers.fields()) {
        // A value that came in from outside cannot end its line.
        const bool clean = value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
        if (clean) out += fmt::format("{}: {}\r\n", name, value);
    }
    if (framing == Framing::length && response.status != 204 && response.status != 304)
        out += fmt::format("Content-Length: {}\r\n", length);
    if (framing == Framing::chunked) out += "Transfer-Encoding: chunked\r\n";
    if (!keep_alive) out += "Connection: close\r\n";
    out += "\r\n";
    return out;
}

/// The threads that answer requests, and what waits for them.
class Workers {
public:
    explicit Workers(int count, std::size_t most_waiting) : most_(most_waiting) {
        for (int i = 0; i < count; ++i) threads_.emplace_back([this] { run(); });
    }
    ~Workers() { stop(); }

    enum class Place { if_there_is_room, always };
    /// Returns false, and takes nothing, where too much waits already.
    bool submit(std::function<void()> job, Place place) {
        {
            const std::scoped_lock lock(mutex_);
            if (stopping_) return false;
            if (place == Place::if_there_is_room && jobs_.size() >= most_) return false;
            jobs_.push_back(std::move(job));
        }
        more_.notify_one();
        return true;
    }
    [[nodiscard]] std::size_t waiting() const {
        const std::scoped_lock lock(mutex_);
        return jobs_.size();
    }
    void stop() {
        {
            const std::scoped_lock lock(mutex_);
            stopping_ = true;
            jobs_.clear();
        }
        more_.notify_all();
        threads_.clear();
    }

private:
    void run() {
        std::unique_lock lock(mutex_);
        while (true) {
            more_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (stopping_) return;
            auto job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job();
            job = nullptr;
            lock.lock();
        }
    }
    mutable std::mutex mutex_;
    std::condition_variable more_;
    std::deque<std::function<void()>> jobs_;
    std::size_t most_;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

class AnyConnection {
public:
    virtual ~AnyConnection() = default;
    /// The server stops: whatever waits for a request, or is a stream, closes; others close after their answer.
    virtual void stop() = 0;
};

/// What connections share.
struct Shared {
    const Router& router;
    TransportLimits limits;
    std::function<bool(const Request&)> waits_for_disk;
    std::atomic<bool> stopping{false};
    std::atomic<std::uint64_t> bodies{0};
    std::atomic<std::uint64_t> streams{0};
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> shed{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> dropped{0};
    Workers workers;
    Workers disk_workers;

    std::mutex mutex;
    std::map<const AnyConnection*, std::weak_ptr<AnyConnection>> connections;

    Shared(const Router& the_router, const TransportSettings& settings)
        : router(the_router),
          limits(settings.limits),
          waits_for_disk(settings.waits_for_disk),
          workers(settings.workers, settings.limits.waiting),
          disk_workers(settings.waits_for_disk ? settings.disk_workers : 0, settings.limits.waiting) {}

    [[nodiscard]] Workers& workers_for(const Request& request) {
        return waits_for_disk && waits_for_disk(request) ? disk_workers : workers;
    }
};

template <class Stream>
class Connection final : public AnyConnection, public std::enable_shared_from_this<Connection<Stream>> {
public:
    static constexpr bool encrypted = !std::is_same_v<Stream, tcp::socket>;

    Connection(Stream stream, std::shared_ptr<Shared> shared)
        : stream_(std::move(stream)), timer_(stream_.get_executor()), shared_(std::move(shared)) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() override {
        const std::scoped_lock lock(shared_->mutex);
        shared_->connections.erase(this);
    }

    void start() {
        std::error_code ignored;
        stream_.lowest_layer().set_option(tcp::no_delay(true), ignored);
        const auto peer = stream_.lowest_layer().remote_endpoint(ignored);
        if (!ignored) peer_ = peer.address().to_string();
        asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
            if constexpr (encrypted) {
                self->wait_at_most(self->shared_->limits.head_time, [self] { self->close(); });
                self->stream_.async_handshake(asio::ssl::stream_base::server, [self](std::error_code failed) {
                    if (failed) return self->close();
                    self->read_head();
                });
            } else {
                self->read_head();
            }
        });
    }

    void stop() override {
        asio::post(stream_.get_executor(), [self = this->shared_from_this()] {
            if (self->idle_ || self->is_stream_) self->close();
        });
    }

private:
    class StreamOutlet;

    // --- reading ---

    void read_head() {
        if (shared_->stopping) return close();
        const auto from = searched_ < 3 ? 0 : searched_ - 3;
        const auto end = in_.find("\r\n\r\n", from);
        searched_ = in_.size();
        const auto& limits = shared_->limits;
        if (end != std::string::npos && end + 4 <= limits.head.bytes) return take_head(end + 4);
        if (in_.size() >= limits.head.bytes) return refuse(431, "the request's head is too long");
        if (in_.empty()) {
            idle_ = true;
            wait_at_most(limits.idle_time, [self = this->shared_from_this()] { self->close(); });
        } else if (idle_ || !head_timed_) {
            idle_ = false;
            head_timed_ = true;
            wait_at_most(limits.head_time,
                         [self = this->shared_from_this()] { self->refuse(408, "the request's head took too long"); });
        }
        read_some([self = this->shared_from_this()] { self->read_head(); });
    }

    template <class Then>
    void read_some(Then then) {
        buffer_.resize(read_size);
        stream_.async_read_some(asio::buffer(buffer_),
                                [self = this->shared_from_this(), then](std::error_code failed, std::size_t count) {
                                    if (self->closed_) return;
                                    if (failed) return self->close();
                                    self->in_.append(self->buffer_.data(), count);
                                    then();
                                });
    }

    void take_head(std::size_t length) {
        idle_ = false;
        head_timed_ = false;
        searched_ = 0;
        auto head = parse_head(std::string_view(in_).substr(0, length), shared_->limits.head);
        in_.erase(0, length);
        if (!head) return refuse(head.error().status, head.error().why);
        head_ = std::move(*head);
        head_.request.peer = peer_;
        head_.request.secure = encrypted;
        if (head_.content_length > shared_->router.body_limit(head_.request)) {
            return refuse(413, say("body_too_long", {{"bytes", head_.content_length}, {"most", shared_->router.body_limit(head_.request)}}));
        }
        if (shared_->bodies.fetch_add(head_.content_length) + head_.content_length > shared_->limits.bodies_bytes) {
            shared_->bodies -= head_.content_length;
            ++shared_->shed;
            return busy();
        }
        held_body_ = head_.content_length;
        if (head_.content_length == 0) return take_request();
        const auto seconds = static_cast<std::int64_t>(head_.content_length / shared_->limits.body_rate);
        wait_at_most(shared_->limits.body_time + std::chrono::seconds(seconds),
                     [self = this->shared_from_this()] { self->refuse(408, "the request's body took too long"); });
        if (head_.expects_continue && in_.empty()) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            asio::async_write(stream_, asio::buffer(go_on),
                              [self = this->shared_from_this()](std::error_code failed, std::size_t) {
                                  if (failed) return self->close();
                                  self->read_body();
                              });
            return;
        }
        read_body();
    }

    void read_body() {
        auto& body = head_.request.body;
        const auto missing = static_cast<std::size_t>(head_.content_length) - body.size();
        const auto here = std::min(missing, in_.size());
        body.append(in_, 0, here);
        in_.erase(0, here);
        if (here == missing) return take_request();
        read_some([self = this->shared_from_this()] { self->read_body(); });
    }

    // --- answering ---

    void take_request() {
        wait_no_more();
        ++shared_->requests;
        keep_alive_ = head_.keep_alive;
        is_head_ = head_.request.method == Method::head;
        auto request = std::make_shared<Request>(std::move(head_.request));
        head_ = {};
        const bool taken = shared_->workers_for(*request).submit(
            [self = this->shared_from_this(), request] {
                auto asked = request->headers;
                auto response = std::make_shared<Response>(self->shared_->router.answer(std::move(*request)));
                compress(*response, asked);
                asio::post(self->stream_.get_executor(), [self, response] { self->answer(std::move(*response)); });
            },
            Workers::Place::if_there_is_room);
        if (taken) return;
        ++shared_->shed;
        busy();
    }

    void busy() {
        auto response = problem(503, say("title.too_busy"), say("too_busy"));
        response.headers.add("Retry-After", "1");
        keep_alive_ = false;
        answer(std::move(response));
    }

    void refuse(int status, Words why) {
        if (closed_ || answering_) return;
        ++shared_->refused;
        keep_alive_ = false;
        auto response = problem(status, reason_of(status), std::move(why));
        add_security_headers(response, head_.request);
        answer(std::move(response));
    }

    void answer(Response response) {
        if (closed_) return;
        release_body();
        answering_ = true;
        if (shared_->stopping) keep_alive_ = false;
        response_ = std::move(response);
        if (std::holds_alternative<Subscribe>(response_.body)) return begin_stream();
        if (std::holds_alternative<Pieces>(response_.body)) {
            chunked_ = true;
            out_ = head_text(response_, is_head_ ? Framing::until_close : Framing::chunked, 0, keep_alive_);
            return write(out_, [this] {
                if (is_head_) return end_answer();
                next_piece();
            });
        }
        const auto text = response_.text();
        out_ = head_text(response_, Framing::length, text.size(), keep_alive_);
        const bool no_body = is_head_ || response_.status == 204 || response_.status == 304;
        if (!no_body && text.size() <= slice_size) {
            out_ += text;  // one packet rather than two
            return write(out_, [this] { end_answer(); });
        }
        write(out_, [this, no_body] {
            if (no_body) return end_answer();
            write(response_.text(), [this] { end_answer(); });
        });
    }

    void next_piece() {
        const bool taken = shared_->workers.submit(
            [self = this->shared_from_this()] {
                std::string piece;
                bool failed = false;
                try {
                    piece = std::get<Pieces>(self->response_.body)();
                } catch (const std::exception&) {
                    failed = true;  // and so the connection closes without the last chunk: the reader sees that it is not whole
                }
                asio::post(self->stream_.get_executor(), [self, failed, piece = std::move(piece)]() mutable {
                    if (self->closed_) return;
                    if (failed) return self->close();
                    if (piece.empty()) {
                        self->out_ = "0\r\n\r\n";
                        return self->write(self->out_, [self] { self->end_answer(); });
                    }
                    self->out_ = fmt::format("{:x}\r\n", piece.size());
                    self->out_ += piece;
                    self->out_ += "\r\n";
                    self->write(self->out_, [self] { self->next_piece(); });
                });
            },
            Workers::Place::always);
        if (!taken) close();
    }

    /// Writes `bytes`, which must stay where they are, slice by slice: each must be taken in time.
    template <class Then>
    void write(std::string_view bytes, Then then) {
        if (bytes.empty()) return then();
        wait_at_most(shared_->limits.write_time, [self = this->shared_from_this()] { self->close(); });
        const auto slice = bytes.substr(0, slice_size);
        asio::async_write(stream_, asio::buffer(slice.data(), slice.size()),
                          [self = this->shared_from_this(), rest = bytes.substr(slice.size()),
                           then](std::error_code failed, std::size_t) {
                              if (self->closed_) return;
                              if (failed) return self->close();
                              self->write(rest, then);
                          });
    }

    void end_answer() {
        wait_no_more();
        answering_ = false;
        response_ = {};
        out_.clear();
        if (!keep_alive_) return end_connection();
        read_head();
    }

    /// Says that nothing more comes and reads on for a moment, so that a peer still sending gets the answer.
    void end_connection() {
        wait_at_most(std::chrono::seconds(2), [self = this->shared_from_this()] { self->close(); });
        if constexpr (encrypted) {
            stream_.async_shutdown([self = this->shared_from_this()](std::error_code) { self->close(); });
        } else {
            std::error_code ignored;
            stream_.shutdown(tcp::socket::shutdown_send, ignored);
            drain();
        }
    }
    void drain() {
        buffer_.resize(read_size);
        stream_.async_read_some(asio::buffer(buffer_), [self = this->shared_from_this()](std::error_code failed, std::size_t) {
            if (self->closed_) return;
            if (failed) return self->close();
            self->drain();
        });
    }

    // --- streams ---

    class StreamOutlet final : public Outlet {
    public:
        explicit StreamOutlet(const std::shared_ptr<Connection>& connection)
            : connection_(connection), shared_(connection->shared_) {}
        bool send(std::shared_ptr<const std::string> bytes) override {
            if (ended_) return false;
            const auto connection = connection_.lock();
            if (!connection) return false;
            if (queued_.fetch_add(bytes->size()) + bytes->size() > shared_->limits.outlet_bytes) {
                if (!ended_.exchange(true)) ++shared_->dropped;
                asio::post(connection->stream_.get_executor(), [connection] { connection->close(); });
                return false;
            }
            asio::post(connection->stream_.get_executor(), [connection, bytes = std::move(bytes)] {
                connection->queue_.push_back(bytes);
                connection->write_queue();
            });
            return true;
        }
        void close() override {
            ended_ = true;
            if (const auto connection = connection_.lock())
                asio::post(connection->stream_.get_executor(), [connection] { connection->close(); });
        }
        void written(std::size_t count) { queued_ -= count; }
        void end() { ended_ = true; }

    private:
        std::weak_ptr<Connection> connection_;
        std::shared_ptr<Shared> shared_;  // shared with all connections, for limits and counts
        std::atomic<std::size_t> queued_{0};
        std::atomic<bool> ended_{false};
    };

    void begin_stream() {
        keep_alive_ = false;
        out_ = head_text(response_, Framing::until_close, 0, false);
        write(out_, [this] {
            if (is_head_) return end_answer();
            wait_no_more();
            is_stream_ = true;
            ++shared_->streams;
            outlet_ = std::make_shared<StreamOutlet>(this->shared_from_this());
            const auto subscribe = std::get<Subscribe>(std::move(response_.body));
            response_ = {};
            out_ = {};
            watch_for_end();
            // Replays may be long: not on the thread that serves the sockets.
            (void)shared_->workers.submit([subscribe, outlet = outlet_] { subscribe(outlet); }, Workers::Place::always);
        });
    }
    void watch_for_end() {
        buffer_.resize(512);
        stream_.async_read_some(asio::buffer(buffer_), [self = this->shared_from_this()](std::error_code failed, std::size_t) {
            if (self->closed_) return;
            if (failed) return self->close();
            self->watch_for_end();
        });
    }
    void write_queue() {
        if (writing_ || queue_.empty() || closed_) return;
        writing_ = true;
        being_written_.assign(queue_.begin(), queue_.end());
        queue_.clear();
        std::vector<asio::const_buffer> buffers;
        std::size_t total = 0;
        for (const auto& bytes : being_written_) {
            buffers.push_back(asio::buffer(*bytes));
            total += bytes->size();
        }
        wait_at_most(shared_->limits.write_time, [self = this->shared_from_this()] {
            ++self->shared_->dropped;
            self->close();
        });
        asio::async_write(stream_, buffers, [self = this->shared_from_this(), total](std::error_code failed, std::size_t) {
            if (self->closed_) return;
            if (failed) return self->close();
            self->wait_no_more();
            self->writing_ = false;
            self->being_written_.clear();
            self->outlet_->written(total);
            self->write_queue();
        });
    }

    // --- time and end ---

    template <class Expired>
    void wait_at_most(std::chrono::seconds time, Expired expired) {
        timer_.expires_after(time);
        timer_.async_wait([expired](std::error_code cancelled) {
            if (!cancelled) expired();
        });
    }
    void wait_no_more() { timer_.cancel(); }
    void release_body() {
        shared_->bodies -= held_body_;
        held_body_ = 0;
    }
    void close() {
        if (closed_) return;
        closed_ = true;
        release_body();
        if (outlet_) outlet_->end();
        if (is_stream_) --shared_->streams;
        timer_.cancel();
        std::error_code ignored;
        stream_.lowest_layer().close(ignored);
    }

    Stream stream_;
    asio::steady_timer timer_;
    std::shared_ptr<Shared> shared_;  // shared with the acceptor and all connections
    std::string peer_;
    std::string in_;
    std::vector<char> buffer_;
    std::size_t searched_ = 0;
    Head head_;
    std::uint64_t held_body_ = 0;
    Response response_;
    std::string out_;
    std::shared_ptr<StreamOutlet> outlet_;  // shared with whoever sends events
    std::deque<std::shared_ptr<const std::string>> queue_;
    std::vector<std::shared_ptr<const std::string>> being_written_;
    bool idle_ = false;
    bool head_timed_ = false;
    bool keep_alive_ = true;
    bool is_head_ = false;
    bool answering_ = false;
    bool chunked_ = false;
    bool is_stream_ = false;
    bool writing_ = false;
    bool closed_ = false;
};

}  // namespace

struct Transport::Inside {
    asio::io_context io;
    // A request that is being answered has nothing for the sockets' threads to wait for: they stay all the same, to write its answer.
    asio::executor_work_guard<asio::io_context::executor_type> at_hand{io.get_executor()};
    tcp::acceptor acceptor{io};
    asio::steady_timer pause{io};
    std::optional<asio::ssl::context> tls;
    std::shared_ptr<Shared> shared;  // outlives the last connection
    std::vector<std::jthread> threads;
    bool stopped = false;

    void accept() {
        acceptor.async_accept(asio::make_strand(io), [this](std::error_code failed, tcp::socket socket) {
            if (!acceptor.is_open()) return;
            if (failed) {
                // Out of descriptors, most likely: others will be given back.
                pause.expires_after(std::chrono::milliseconds(100));
                pause.async_wait([this](std::error_code cancelled) {
                    if (!cancelled) accept();
                });
                return;
            }
            take(std::move(socket));
            accept();
        });
    }

    void take(tcp::socket socket) {
        ++shared->accepted;
        {
            const std::scoped_lock lock(shared->mutex);
            if (shared->connections.size() >= shared->limits.connections) {
                ++shared->shed;
                static constexpr std::string_view full =
                    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                std::error_code ignored;
                socket.non_blocking(true, ignored);
                if (!tls) socket.write_some(asio::buffer(full), ignored);
                return;
            }
        }
        if (tls) {
            begin(std::make_shared<Connection<asio::ssl::stream<tcp::socket>>>(
                asio::ssl::stream<tcp::socket>(std::move(socket), *tls), shared));
        } else {
            begin(std::make_shared<Connection<tcp::socket>>(std::move(socket), shared));
        }
    }

    template <class C>
    void begin(const std::shared_ptr<C>& connection) {
        {
            const std::scoped_lock lock(shared->mutex);
            shared->connections.emplace(connection.get(), connection);
        }
        connection->start();
    }
};

Transport::Transport(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Result<std::unique_ptr<Transport>> Transport::start(const TransportSettings& settings, const Router& router) {
    auto inside = std::make_unique<Inside>();
    std::error_code failed;
    const auto address = asio::ip::make_address(settings.address, failed);
    if (failed) {
        return failure({.message = fmt::format("'{}' is no IP address to listen on; want one such as 127.0.0.1 or ::1",
                                               shown(settings.address))});
    }
    if (settings.certificate.empty() != settings.private_key.empty())
        return failure({.message = "a certificate and its private key go together"});
    if (!settings.certificate.empty()) {
        inside->tls.emplace(asio::ssl::context::tls_server);
        auto& tls = *inside->tls;
        SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
        tls.use_certificate_chain_file(settings.certificate, failed);
        if (failed)
            return failure({.message = fmt::format("the certificate cannot be read: {}", failed.message()),
                            .file = settings.certificate});
        tls.use_private_key_file(settings.private_key, asio::ssl::context::pem, failed);
        if (failed || SSL_CTX_check_private_key(tls.native_handle()) != 1) {
            return failure({.message = "the private key cannot be read, or is not the certificate's",
                            .file = settings.private_key});
        }
    }
    const tcp::endpoint endpoint(address, settings.port);
    auto& acceptor = inside->acceptor;
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
    if (!failed) acceptor.bind(endpoint, failed);
    if (!failed) acceptor.listen(4096, failed);
    if (failed) {
        return failure({.message = fmt::format("cannot listen on {} port {}: {}", settings.address, settings.port,
                                               failed.message())});
    }
    inside->shared = std::make_shared<Shared>(router, settings);
    inside->accept();
    for (int i = 0; i < settings.io_threads; ++i)
        inside->threads.emplace_back([&io = inside->io] { io.run(); });
    return std::unique_ptr<Transport>(new Transport(std::move(inside)));
}

Transport::~Transport() { stop(std::chrono::seconds(0)); }

std::uint16_t Transport::port() const {
    std::error_code failed;
    return inside_->acceptor.local_endpoint(failed).port();
}

TransportCounts Transport::counts() const {
    auto& shared = *inside_->shared;
    TransportCounts counts;
    {
        const std::scoped_lock lock(shared.mutex);
        counts.connections = shared.connections.size();
    }
    counts.waiting = shared.workers.waiting() + shared.disk_workers.waiting();
    counts.streams = shared.streams;
    counts.accepted = shared.accepted;
    counts.requests = shared.requests;
    counts.shed = shared.shed;
    counts.refused = shared.refused;
    counts.dropped = shared.dropped;
    return counts;
}

void Transport::stop(std::chrono::seconds patience) {
    auto& inside = *inside_;
    if (inside.stopped) return;
    inside.stopped = true;
    auto& shared = *inside.shared;
    shared.stopping = true;
    asio::post(inside.io, [&inside] {
        std::error_code ignored;
        inside.acceptor.close(ignored);
        inside.pause.cancel();
    });
    const auto connections = [&shared] {
        const std::scoped_lock lock(shared.mutex);
        std::vector<std::shared_ptr<AnyConnection>> alive;
        for (const auto& [_, connection] : shared.connections) {
            if (auto one = connection.lock()) alive.push_back(std::move(one));
        }
        return alive;
    };
    for (const auto& connection : connections()) connection->stop();
    const auto until = Clock::now() + patience;
    while (Clock::now() < until && !connections().empty()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    shared.workers.stop();
    shared.disk_workers.stop();
    inside.io.stop();
    inside.threads.clear();
}

}  // namespace truce::server
