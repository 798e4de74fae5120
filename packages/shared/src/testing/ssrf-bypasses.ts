/**
 * Ways around address guards, as they were found in other systems or are known from lists for testers: each must be refused in
 * production, where our own hosts are {@link BYPASSED_HOSTS}. Every line is one address; `|` cannot stand in one.
 */
export const BYPASSED_HOSTS: readonly string[] = ['orchestrator.example', 'workers.orchestrator-zone.example']

const table = (text: TemplateStringsArray): string[] =>
  text.raw[0]!.split('|').flatMap((line) => line.replace(/^\s*\n?\s*|\n\s*$/g, '') || [])

/** Loopback, private and special IPv4 addresses in every spelling that a URL parser or a resolver takes. */
const IPV4 = table`https://127.0.0.1/|https://127.0.0.1:8443/|https://127.1/|https://127.0.1/|https://127.127.127.127/|https://127.255.255.254/
|https://2130706433/|https://017700000001/|https://0x7f000001/|https://0x7F000001/|https://0X7f000001/|https://0x7f.0x0.0x0.0x1/|https://0x7f.1/|https://0177.0.0.1/
|https://0177.0.0.01/|https://0177.1/|https://0x7f.0.0.1/|https://127.0x0.0.1/|https://127.00000.0.1/|https://00000177.0.0.1/|https://127.0.0.1./|https://127.0.0.1../
|https://2130706433./|https://0x7f000001./|https://0.0.0.0/|https://0/|https://0.0/|https://00/|https://0x0/|https://000.000.000.000/|https://0.1.2.3/
|https://10.0.0.1/|https://10.255.255.255/|https://10.1/|https://167772161/|https://0xa000001/|https://012.0.0.1/|https://0xa.0.0.1/
|https://172.16.0.1/|https://172.31.255.255/|https://172.16.1/|https://2886729729/|https://0xac100001/|https://0254.020.0.1/
|https://192.168.0.1/|https://192.168.1/|https://192.168.257/|https://3232235521/|https://0xc0a80001/|https://0300.0250.0.1/|https://0xc0.0xa8.0x0.0x1/
|https://169.254.169.254/latest/meta-data/|https://169.254.43518/|https://2852039166/|https://0xa9fea9fe/|https://0xA9.0xFE.0xA9.0xFE/|https://0251.0376.0251.0376/
|https://169.254.0xa9fe/|https://169.16689662/|https://0xa9.254.169.254/|https://169.254.170.2/v2/credentials|https://025177524776/
|https://100.64.0.1/|https://100.127.255.255/|https://100.100.100.200/|https://1681915905/|https://192.0.0.192/|https://192.0.0.1/|https://192.0.2.1/|https://192.88.99.1/
|https://198.18.0.1/|https://198.19.255.255/|https://198.51.100.7/|https://203.0.113.7/|https://224.0.0.1/|https://239.255.255.250/|https://240.0.0.1/|https://255.255.255.255/
|https://4294967295/|https://0xffffffff/|https://168.63.129.16/machine/|https://0xa83f8110/|https://256.1.1.1/|https://127.0.0.1.5/|https://0x100000000/|https://4294967296/
|https://8.8.8/|https://134744072/|https://0x08080808/|https://010.8.8.8/|https://08.8.8.8/`

const IPV6 = table`https://[::1]/|https://[::1]:8443/|https://[0:0:0:0:0:0:0:1]/|https://[0000:0000:0000:0000:0000:0000:0000:0001]/|https://[::]/|https://[0::0]/|https://[::0001]/
|https://[::ffff:127.0.0.1]/|https://[::ffff:7f00:1]/|https://[0:0:0:0:0:ffff:127.0.0.1]/|https://[::FFFF:127.0.0.1]/|https://[::ffff:0:127.0.0.1]/|https://[::127.0.0.1]/|https://[::7f00:1]/
|https://[::ffff:10.0.0.1]/|https://[::ffff:192.168.0.1]/|https://[::ffff:169.254.169.254]/|https://[::ffff:a9fe:a9fe]/|https://[::ffff:8.8.8.8]/
|https://[64:ff9b::127.0.0.1]/|https://[64:ff9b::7f00:1]/|https://[64:ff9b::a9fe:a9fe]/|https://[64:ff9b:1::1]/|https://[64:ff9b::8.8.8.8]/|https://[100::1]/
|https://[2002:7f00:1::]/|https://[2002:a9fe:a9fe::]/|https://[2002:c0a8:1::1]/|https://[2002:808:808::1]/|https://[2001::1]/|https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/
|https://[2001:2::1]/|https://[2001:10::1]/|https://[2001:20::1]/|https://[2001:db8::1]/|https://[3fff::1]/|https://[5f00::1]/|https://[4000::1]/
|https://[fe80::1]/|https://[fe80::1%25eth0]/|https://[fe80::1%eth0]/|https://[::1%25lo]/|https://[febf::1]/|https://[fec0::1]/|https://[fc00::1]/|https://[fd00:ec2::254]/latest/|https://[fdff::1]/
|https://[ff02::1]/|https://[ff0e::1]/|https://[2606:4700::5efe:127.0.0.1]/|https://[2606:4700::200:5efe:a00:1]/|https://[::1/|https://::1/|https://[::1]evil.example/|https://[127.0.0.1]/`

/** Names that lead inside, or wherever they please. */
const NAMES = table`https://localhost/|https://localhost:8443/|https://LOCALHOST/|https://LocalHost./|https://localhost../|https://a.localhost/|https://localhost.localdomain/|https://localhost6.localdomain6.local/
|https://printer.local/|https://db.internal/|https://metadata.google.internal/computeMetadata/v1/|https://METADATA.google.internal./|https://metadata.goog/|https://metadata/|https://instance-data/
|https://instance-data.ec2.internal/|https://kubernetes.default.svc/|https://kubernetes.default.svc.cluster.local/|https://router.lan/|https://nas.home/|https://gw.home.arpa/|https://1.0.0.127.in-addr.arpa/
|https://ipv4only.arpa/|https://intranet/|https://app.intranet/|https://ldap.corp/|https://x.private/|https://hidden.onion/|https://x.test/|https://x.invalid/|https://x.alt/|https://billing/|https://com/
|https://127.0.0.1.nip.io/|https://169-254-169-254.nip.io/|https://10.0.0.1.sslip.io/|https://127.0.0.1.xip.io/|https://app.localtest.me/|https://lvh.me/|https://x.lvh.me/|https://vcap.me/
|https://7f000001.c0a80001.rbndr.us/|https://fuf.me/|https://local.gd/|https://lacolhost.com/|https://x.traefik.me/|https://make-1.2.3.4-rebind-127.0.0.1-rr.1u.ms/|https://localho.st/|https://backname.io/`

/** Our own names, and those that look like them. */
const OWN = table`https://orchestrator.example/|https://ORCHESTRATOR.example/|https://orchestrator.example./|https://orchestrator.example:8443/|https://control.orchestrator.example/|https://a.b.orchestrator.example/v1
|https://workers.orchestrator-zone.example/|https://x.workers.orchestrator-zone.example/|https://orchestrator%2Eexample/|https://orchestrator。example/|https://orchestrator．example/|https://ｏｒｃｈｅｓｔｒａｔｏｒ.example/
|https://ⓞrchestrator.example/|https://𝐨rchestrator.example/|https://orche\u00adstrator.example/|https://оrchestrator.example/|https://xn--rchestrator-qnj.example/|https://orchеstrator.example/|https://orchéstrator.example/
|https://control.оrchestrator.example/|https://orchestrаtor.example/|https://orchestratοr.example/|https://%6frchestrator.example/|https://control.xn--orchstrator-rkj.example/`

/** Tricks with what a URL is made of. */
const SYNTAX = table`http://api.example.com/|HTTP://api.example.com/|ftp://api.example.com/|file:///etc/passwd|gopher://127.0.0.1:6379/_INFO|dict://127.0.0.1:11211/|data:text/plain,x|javascript:alert(1)|blob:https://a.example/x
|ws://api.example.com/|wss://api.example.com/|//api.example.com/|api.example.com|https:|https://|https:///|https:////|https:api.example.com|https:/api.example.com|https:\\api.example.com|https:\\\\api.example.com\\
|https://api.example.com\\@127.0.0.1/|https://127.0.0.1\\@api.example.com/|https://127.0.0.1\\.api.example.com/|https:///127.0.0.1/|https:/\\127.0.0.1/|https:/127.0.0.1/
|https://user@api.example.com/|https://user:pass@api.example.com/|https://:pass@api.example.com/|https://api.example.com@127.0.0.1/|https://127.0.0.1@api.example.com/|https://api.example.com:443@127.0.0.1/
|https://api.example.com%40127.0.0.1@evil.example/|https://api.example.com%2F@127.0.0.1/|https://a@b@127.0.0.1/|https://@127.0.0.1/|https://api.example.com/#@127.0.0.1/|https://api.example.com#x|https://127.0.0.1#.example.com/
|https://127.0.0.1%2F.example.com/|https://%31%32%37.0.0.1/|https://127%2E0%2E0%2E1/|https://%6c%6f%63%61%6c%68%6f%73%74/|https://localhost%00.example.com/|https://localhost%2eexample.com/|https://api.example.com%23.evil.example/
|https://１２７.０.０.１/|https://①②⑦.⓪.⓪.①/|https://127。0。0。1/|https://127．0．0．1/|https://127｡0｡0｡1/|https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/|https://ｌｏｃａｌｈｏｓｔ/|https://loc\u00adalhost/|https://localhost\u200b/|https://١٢٧.٠.٠.١/
|https://\t127.0.0.1/|https://127.0.\t0.1/|https://127.0.0.1\n/|https://local\r\nhost/|\thttps://api.example.com/|https://api.example.com/\n|\u0020https://api.example.com/|https://api.example.com/\u0020|https:/\t/api.example.com/
|https://api.example.com./|https://api..example.com/|https://.api.example.com/|https://api.example.com:0/|https://api.example.com:99999/|https://api.example.com:x/|https://api_.example.com%0a/|https://api.exam\u2044ple.com/
|https://bücher.example/|https://api.ｅxample.com/|https://api.example.com:443:80/|https://api.example.com;@127.0.0.1/|https://api.example.com&@127.0.0.1/|https://api.example.com,127.0.0.1/|https://[api.example.com]/|https://*.example.com/`

/** `\t`, `\n`, `\r` and `\uXXXX` above stand for the characters, and `\\` for a backslash. */
function unescaped(line: string): string {
  return line.replace(/\\(?:u([0-9a-f]{4})|([tnr\\]))/g, (_match, code: string | undefined, sign = '') =>
    code === undefined ? ({ t: '\t', n: '\n', r: '\r' }[sign as string] ?? '\\') : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

export const SSRF_BYPASSES: readonly string[] = [...IPV4, ...IPV6, ...NAMES, ...OWN, ...SYNTAX].map(unescaped)

/** What looks odd and is right. */
export const GOOD_ADDRESSES: readonly string[] = [
  'https://api.stripe.com/v1',
  'HTTPS://API.Example.com/',
  'https://api.example.com:8443/x?y=1&z=%2F#'.slice(0, -1),
  'https://xn--bcher-kva.example/',
  'https://8.8.8.8/',
  'https://1.1.1.1:443/dns-query?name=a.example',
  'https://9.255.255.255/',
  'https://11.0.0.0/',
  'https://100.63.255.255/',
  'https://100.128.0.1/',
  'https://126.255.255.255/',
  'https://128.0.0.1/',
  'https://169.253.255.255/',
  'https://172.15.255.255/',
  'https://172.32.0.1/',
  'https://192.167.0.1/',
  'https://192.169.0.1/',
  'https://198.17.255.255/',
  'https://198.20.0.1/',
  'https://223.255.255.255/',
  'https://[2606:4700:4700::1111]/',
  'https://[2001:4860:4860::8888]:8443/',
  'https://not-orchestrator.example/',
  'https://orchestrator.example.com/',
  'https://localhost.example.com/',
  'https://internal.example.com/',
  'https://nip.io.example.com/',
  'https://a_b.example.com/',
  'https://127-0-0-1.example.com/',
  'https://10.example.com/',
  'https://api.example.com/a b/ü?q=@127.0.0.1',
  'https://api.example.com/http://127.0.0.1/',
  'https://api.example.com?x=1',
]
