/// The version of this program, as `netral --version` prints it.
public let netralVersion = "0.1.0"
