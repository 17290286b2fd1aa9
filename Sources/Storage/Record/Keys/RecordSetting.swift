/// What the table `setting` says of the record, by name.
enum RecordSetting {
  /// The public key, under the name of the record.
  static let key = "record_key"
  /// Counts restorations, from 1.
  static let epoch = "record_epoch"
  /// Set in a restored file until it is opened: the last checkpoint that somebody knows of, or nothing.
  static let restored = "record_restored"
}
