extension Setting {
  /// What earlier releases let an operator set, by name, and what it is now. The reason of each stands where it is used.
  private static let fixed = [
    "answer_bytes_per_second_min": "1 KiB", "body_bytes_max": "1 MiB",
    "head_timeout_seconds": "10 s", "idle_timeout_seconds": "60 s", "lane_threads": "2",
    "long_read_timeout_ms": "60 s", "page_cache_bytes": "8 MiB", "read_timeout_ms": "5 s",
    "rendered_bytes_max": "16 MiB", "statistics_read_ahead": "true",
    "stream_bytes_max": "4 GiB",
    "streams_per_agency_max": "4", "waiters_max": "4,000", "write_batch_max": "256", "write_queue_max": "1,024",
    "write_queue_per_agency_max": "512", "write_timeout_seconds": "30 s",
  ]

  /// What is wrong with a name that is no setting.
  static func refusal(of name: String) -> String {
    fixed[name].map { "is no setting any more, and always \($0): take it out" } ?? "there is no such setting"
  }
}
