<?php

// Uses the client that openapi-generator makes for PHP: NETRAL_URL names the server, BAWASLU and BKN are keys.

declare(strict_types=1);

use OpenAPI\Client\Api\ActsApi;
use OpenAPI\Client\Api\CasesApi;
use OpenAPI\Client\Api\SynchronisationApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model;
use OpenAPI\Client\ObjectSerializer;

require_once 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $prefix = 'OpenAPI\\Client\\';
    if (str_starts_with($class, $prefix)) {
        require __DIR__ . '/client/lib/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
    }
});

function configuration(string $agency): Configuration
{
    return (new Configuration())->setHost(getenv('NETRAL_URL'))->setAccessToken(getenv($agency));
}

function check(bool $holds, mixed $what): void
{
    if (!$holds) {
        throw new RuntimeException(is_string($what) ? $what : json_encode($what));
    }
}

function draft(string $reference): Model\CaseDraft
{
    return new Model\CaseDraft([
        'election' => 'pilkada-2024',
        'region' => '16.71',
        'institution' => new Model\CodeReference(['code' => '16.71']),
        'subject' => new Model\CaseDraftSubject([
            'name' => 'Pegawai Contoh', 'identifier_missing' => true, 'position_level' => 'pelaksana',
        ]),
        'violation' => new Model\CodeReference(['code' => 'DS-06']),
        'act' => new Model\CaseDraftAct([
            'occurred_on' => new DateTime('2024-10-02'), 'narrative' => 'Uraian contoh.',
        ]),
        'source' => new Model\CaseDraftSource([
            'kind' => 'temuan', 'agency' => 'BAWASLU', 'agency_ref' => $reference,
            'received_on' => new DateTime('2024-10-06'),
        ]),
    ]);
}

$cases = new CasesApi(null, configuration('BKN'));
$case = draft(bin2hex(random_bytes(8)));
check($case->valid(), $case->listInvalidProperties());
check($case->getSubject()->valid(), $case->getSubject()->listInvalidProperties());
$created = (new CasesApi(null, configuration('BAWASLU')))->createCase(bin2hex(random_bytes(8)), $case);
check($created->getStage() === 'received' && $created->getDecision() === null, $created);
echo 'created ', $created->getNumber(), "\n";

$page = $cases->listCases(limit: 2, count: 'exact');
$then = $cases->listCases(limit: 2, cursor: $page->getNextCursor());
check(count($page->getItems()) === 2 && count($then->getItems()) === 2, 'listed');
check($page->getItems()[1]->getId() !== $then->getItems()[0]->getId(), 'paged');
echo 'listed ', $page->getCount(), "\n";

[, , $fields] = $cases->getCaseWithHttpInfo($created->getId());
$tag = $fields['etag'][0] ?? $fields['ETag'][0];
$acts = new ActsApi(null, configuration('BKN'));
$verification = new Model\VerificationDraft(['occurred_on' => new DateTime(), 'outcome' => 'accepted']);
$verified = $acts->recordVerification($created->getId(), $tag, $verification);
check($verified->getStage() === 'verified' && $verified->getVersion() === $created->getVersion() + 1, $verified);
try {
    $acts->recordVerification($created->getId(), $tag, $verification);
    check(false, 'a stale ETag was taken');
} catch (ApiException $error) {
    check($error->getCode() === 412, $error->getMessage());
    check($error->getResponseObject()->getCode() === 'version_mismatch', $error->getMessage());
}
echo 'acted ', $verified->getStage(), "\n";

$line = json_encode(['case' => ObjectSerializer::sanitizeForSerialization(draft(bin2hex(random_bytes(8))))]);
$synchronisation = new SynchronisationApi(null, configuration('BAWASLU'));
$results = array_map('json_decode', explode("\n", trim($synchronisation->importCases($line . "\n{}\n"))));
check($results[0]->status === 'created' && $results[1]->status === 'invalid', $results);
echo 'imported ', $results[0]->id, "\n";

$feed = new SynchronisationApi(null, configuration('BKN'));
[$seen, $after] = [0, max($verified->getSeq() - 5, 0)];
do {
    $changes = $feed->listChanges(after: $after, limit: 2);
    [$seen, $after] = [$seen + count($changes->getChanges()), $changes->getNextAfter()];
} while ($after !== $changes->getHead());
check($seen >= 6 && $after >= $verified->getSeq(), 'followed');
$snapshot = explode("\n", trim($feed->exportCases()));
check(json_decode($snapshot[0])->snapshot->count === count($snapshot) - 2, 'snapshot');
echo 'followed ', $seen, "\n";
