internal import HTTPServer
internal import HTTPTypes

/// What every page comes with, and how it looks.
enum Page {
  /// Nothing is loaded but the style sheet of this server, nothing runs, nobody frames it.
  static let fields = [
    Response.Field(
      name: .contentSecurityPolicy,
      value: "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    Response.Field(name: .referrerPolicy, value: "no-referrer"),
  ]

  static let styleSheet = Array(
    """
    :root {
      color-scheme: light dark; --ground: #fff; --ink: #1a1a1a; --link: #0b5394; --one: #1d6fa5; --two: #b25d00;
      --three: #3d7a3d;
    }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #121212; --ink: #ececec; --link: #8ab8e8; --one: #4fa3d8; --two: #e09a4a; --three: #7cc07c; }
    }
    html { background: var(--ground); color: var(--ink); }
    a { color: var(--link); }
    body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; }
    nav { padding: .75rem 1.5rem; border-bottom: 1px solid #8888; display: flex; gap: 1.5rem; flex-wrap: wrap; }
    main { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem 4rem; }
    h2 { margin-top: 3rem; border-bottom: 1px solid #8888; }
    h3 { margin: 2rem 0 .25rem; font-size: 1rem; overflow-wrap: anywhere; }
    main nav { padding-left: 0; padding-right: 0; }
    .shapes h2, .members tbody th { font-family: ui-monospace, monospace; }
    .members th:first-child { width: 35%; }
    .members tbody th { overflow-wrap: anywhere; }
    .members small { font-family: system-ui, sans-serif; }
    pre { padding: .75rem; border: 1px solid #8888; border-radius: .25rem; white-space: pre-wrap; }
    pre, p code, dd code { overflow-wrap: anywhere; }
    code { font: .9rem/1.5 ui-monospace, monospace; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884; }
    td, th code, caption, li { overflow-wrap: anywhere; }
    a:focus-visible, summary:focus-visible { outline: 2px solid; outline-offset: 2px; }
    header nav { align-items: baseline; }
    nav a, nav strong { padding: .25rem 0; }
    .name { font-weight: 700; }
    nav [aria-current] { font-weight: 600; text-decoration: none; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { position: static; display: inline-block; padding: .5rem 1.5rem; }
    footer { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem 2rem; }
    caption { text-align: left; font-weight: 600; padding: .5rem 0; }
    .number { text-align: right; font-variant-numeric: tabular-nums; padding-left: .75rem; padding-right: 0; }
    tbody th { font-weight: 400; overflow-wrap: break-word; }
    th small, td small { display: block; font-size: .85rem; }
    .bars svg { display: block; width: 100%; height: .5rem; margin: .15rem 0; }
    .bars rect { fill: var(--one); }
    figure { margin: 1rem 0; }
    .lines { width: 100%; height: auto; }
    .lines.sample { width: 2rem; height: .5rem; }
    .lines line { stroke: currentColor; }
    .lines polyline { fill: none; stroke: var(--one); stroke-width: 3; }
    .lines .recommended { stroke: var(--two); stroke-dasharray: 10 5; }
    .lines .followed-up { stroke: var(--three); stroke-dasharray: 2 5; }
    .lines text { fill: currentColor; font-size: 21px; }
    figcaption span { white-space: nowrap; margin-right: 1rem; }
    .files a { display: inline-block; margin-right: 1rem; padding: .25rem 0; }
    summary { padding: .5rem 0; cursor: pointer; }
    dl { margin: 0 0 1rem; }
    dt { font-weight: 600; margin-top: .5rem; }
    dd { margin: 0; }
    dd ul { margin: 0; padding-left: 1.25rem; }
    @media (max-width: 30rem) {
      main, footer, header nav { padding-left: 1rem; padding-right: 1rem; }
      th, td { padding-right: .4rem; }
      .members th:first-child { width: 45%; }
      .number { padding-left: .4rem; padding-right: 0; }
      thead th { font-size: .75rem; }
      tbody th, td { font-size: .9rem; }
    }
    @media print { header, .skip, .files, details:not([open]) { display: none; } }

    """.utf8)
}

/// What a browser shows beside a title: two ends in balance.
enum PageIcon {
  static let svg = Array(
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b5394"/>\
    <path d="M8 3v10M3 6h10M5 13h6" stroke="#fff" stroke-width="1.5"/></svg>
    """.utf8)
}

extension HTTPField.Name {
  static let contentSecurityPolicy = known("Content-Security-Policy")
  static let referrerPolicy = known("Referrer-Policy")
}
