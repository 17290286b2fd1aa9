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
      --three: #3d7a3d; --wrong: #a11212;
    }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #121212; --ink: #ececec; --link: #8ab8e8; --one: #4fa3d8; --two: #e09a4a; --three: #7cc07c; --wrong: #ff9d9d; }
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
    .number + td, .number + th { padding-left: 1.5rem; }
    .number + .number { padding-left: .75rem; }
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
    button { font: inherit; padding: .4rem 1rem; cursor: pointer; }
    input, select, textarea { font: inherit; padding: .35rem .5rem; width: 100%; max-width: 40rem; box-sizing: border-box; }
    button:focus-visible, input:focus-visible, select:focus-visible, textarea:focus-visible, [tabindex]:focus-visible {
      outline: 2px solid; outline-offset: 2px;
    }
    fieldset { margin: 1rem 0; border: 1px solid #8888; border-radius: .25rem; min-width: 0; }
    legend { font-weight: 600; padding: 0 .5rem; }
    .field { margin: .75rem 0; }
    .field label { display: block; font-weight: 600; }
    .field small, .field .error { display: block; }
    .error, .problem { color: var(--wrong); }
    .filters { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 0 1rem; }
    .filters > p:not(.field) { grid-column: 1 / -1; }
    .said { border: 2px solid; border-radius: .25rem; padding: .5rem 1rem; }
    .out { display: flex; gap: .25rem 1rem; flex-wrap: wrap; align-items: center; justify-content: flex-end; padding: .25rem 1.5rem; }
    .app main { max-width: 80rem; }
    .wide { overflow-x: auto; }
    .wide td, .wide th { overflow-wrap: anywhere; }
    td small { display: block; }
    h2 + .wide caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    @media (max-width: 45rem) {
      .cards, .cards tbody, .cards tr, .cards th, .cards td { display: block; }
      .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      .cards tr { border-bottom: 1px solid #8888; padding: .5rem 0; }
      .cards tbody th { font-weight: 600; }
      .cards th, .cards td { border: 0; padding: .1rem 0; text-align: left; }
      .cards td::before { content: attr(data-name) ": "; }
    }
    .interval { display: block; width: 100%; min-width: 6rem; height: .75rem; margin: .15rem 0; }
    .interval line { stroke: var(--one); stroke-width: 2; vector-effect: non-scaling-stroke; }
    .interval .share { stroke: currentColor; stroke-width: 3; }
    .sections a { padding: .25rem 0; }
    main nav.sections { border: 0; padding: 0; }
    .actions { columns: 16rem; }
    .actions a { display: inline-block; padding: .25rem 0; }
    .evidence { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; }
    .evidence img, .evidence video, .evidence audio { max-width: 100%; max-height: 20rem; }
    .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    @media (prefers-reduced-motion: reduce) { * { transition: none; animation: none; scroll-behavior: auto; } }
    @media (max-width: 30rem) {
      main, footer, header nav, .out { padding-left: 1rem; padding-right: 1rem; }
      th, td { padding-right: .4rem; }
      .members th:first-child { width: 45%; }
      .number { padding-left: .4rem; padding-right: 0; }
      thead th { font-size: .75rem; }
      tbody th, td { font-size: .9rem; }
    }
    @media print { header, .skip, .files, details:not([open]), .filters, .actions, button, [rel=next] { display: none; } .wide { overflow: visible; } }

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
