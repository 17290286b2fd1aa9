// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// The folders of Tests but one. What keeps the promises of README stands in a folder of its own, `Promises`, and belongs to
/// the targets whose support it needs: to `WebTests` what asks the service, to `NetralTests` what runs the program.
func testFolders(but own: String) -> [String] {
  [
    "DomainTests", "FairnessTests", "FuzzTests", "GzipTests", "HTTPServerTests", "JSONTests", "MerkleTests",
    "NetralTests",
    "ServiceTests",
    "SheetsTests", "StorageTests", "SyncTests", "TestSupport", "WebTests", "contract",
  ].filter { $0 != own }
}

let package = Package(
  name: "netral",
  products: [
    .executable(name: "netral", targets: ["netral"]),
    .library(name: "HTTPServer", targets: ["HTTPServer"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    .target(name: "CEpoll"),
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
    // The archive and not the shared library: the program is to need libsqlite3 and libc alone.
    .target(name: "CZlib", linkerSettings: [.linkedLibrary(":libz.a")]),
    .target(name: "Gzip", dependencies: ["CZlib"], swiftSettings: strict),
    .target(name: "Sheets", dependencies: ["Gzip", "JSON"], swiftSettings: strict),
    .target(name: "Fairness", dependencies: [collections], swiftSettings: strict),
    .target(name: "JSON", swiftSettings: strict),
    .target(name: "Merkle", dependencies: [crypto], swiftSettings: strict),
    .target(name: "Domain", dependencies: ["JSON"], swiftSettings: strict),
    .target(name: "SealedReporters", dependencies: ["Domain", "JSON", crypto], swiftSettings: strict),
    .target(
      name: "Migrations", path: "migrations", sources: ["Migrations.swift"],
      resources: [.embedInCode("sql"), .embedInCode("reference")], swiftSettings: strict),
    .target(
      name: "Storage",
      dependencies: ["CSQLite", "Domain", "Fairness", "Gzip", "JSON", "Merkle", "Migrations", "Service", crypto, grdb],
      swiftSettings: strict),
    .target(
      name: "Service", dependencies: ["Domain", "JSON", "Merkle", "SealedReporters", crypto, logging],
      swiftSettings: strict),
    .target(
      name: "Sync",
      dependencies: ["Domain", "JSON", "Merkle", "SealedReporters", "Sheets", "Storage", crypto, grdb],
      swiftSettings: strict
    ),
    .target(name: "HTTPServer", dependencies: ["CEpoll", httpTypes], swiftSettings: strict),
    .target(
      name: "Web",
      dependencies: [
        "Domain", "Fairness", "Gzip", "HTTPServer", "JSON", "Merkle", "Service", "Sheets", crypto, httpTypes, logging,
        mustache,
      ],
      resources: [.embedInCode("Pages/templates")], swiftSettings: strict),
    .executableTarget(
      name: "netral",
      dependencies: [
        "Domain", "HTTPServer", "JSON", "Merkle", "Migrations", "SealedReporters", "Service", "Storage", "Sync", "Web",
        argumentParser, lifecycle, logging,
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("Demo/pilkada_2020.csv")], swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Domain", "JSON"], path: "Tests/TestSupport", exclude: ["former-tables.sql"],
      swiftSettings: strict),
    .testTarget(name: "FairnessTests", dependencies: ["Fairness"], swiftSettings: strict),
    .testTarget(name: "GzipTests", dependencies: ["Gzip"], swiftSettings: strict),
    .testTarget(name: "SheetsTests", dependencies: ["Gzip", "JSON", "Sheets", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "MerkleTests", dependencies: ["Merkle", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "HTTPServerTests", dependencies: ["HTTPServer", "TestSupport", httpTypes], exclude: ["differential.py"],
      swiftSettings: strict),
    .testTarget(
      name: "DomainTests", dependencies: ["Domain", "JSON", "Service", "Storage", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ServiceTests", dependencies: ["Domain", "JSON", "Service", "Storage", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "StorageTests",
      dependencies: ["Domain", "Merkle", "Migrations", "Service", "Storage", "TestSupport", grdb],
      swiftSettings: strict),
    .testTarget(name: "SyncTests", dependencies: ["Domain", "Merkle", "Sync", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "WebTests",
      dependencies: [
        "Domain", "Gzip", "HTTPServer", "JSON", "Merkle", "SealedReporters", "Service", "Storage", "TestSupport", "Web",
        "netral", crypto, httpTypes, logging,
      ],
      path: "Tests", exclude: testFolders(but: "WebTests") + ["Promises/Program"],
      sources: ["WebTests", "Promises/Service"], swiftSettings: strict),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Domain", "HTTPServer", "JSON", "Merkle", "Service", "TestSupport", "Web", httpTypes],
      exclude: ["CFuzzer", "Driver.swift", "corpus"], swiftSettings: strict),
    .testTarget(
      name: "NetralTests", dependencies: ["Domain", "Gzip", "JSON", "Service", "TestSupport", "netral", crypto],
      path: "Tests",
      exclude: testFolders(but: "NetralTests")
        + [
          "Promises/Service", "NetralTests/golden", "NetralTests/hpke.py", "NetralTests/liar.py",
          "NetralTests/recompute.py",
          "NetralTests/released",
        ],
      sources: ["NetralTests", "Promises/Program"], swiftSettings: strict),
  ]
)

// `scripts/fuzz` builds the readers of the fuzz tests as a program with libFuzzer in it, and nothing else.
if Context.environment["NETRAL_FUZZ"] != nil {
  package.targets.removeAll { $0.name == "FuzzTests" }
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/FuzzTests/CFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["CFuzzer", "Domain", "HTTPServer", "JSON", "Merkle", "Service", "Web", httpTypes],
      path: "Tests/FuzzTests", exclude: ["CFuzzer", "FuzzTests.swift", "corpus"], swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
  ]
}
