/**
 * AWS region, short name and domain of Genesys Cloud's regions, from `PureCloudRegionHosts` of the public
 * platform client. `us-east-2` is the FedRAMP region, `eusc-de-east-1` the European sovereign one.
 */
const regions: readonly (readonly [region: string, shortName: string, domain: string])[] = [
  ['us-east-1', 'use1', 'mypurecloud.com'],
  ['us-east-2', 'use2', 'use2.us-gov-pure.cloud'],
  ['us-west-2', 'usw2', 'usw2.pure.cloud'],
  ['mx-central-1', 'mxc1', 'mxc1.pure.cloud'],
  ['ca-central-1', 'cac1', 'cac1.pure.cloud'],
  ['sa-east-1', 'sae1', 'sae1.pure.cloud'],
  ['eu-west-1', 'euw1', 'mypurecloud.ie'],
  ['eu-west-2', 'euw2', 'euw2.pure.cloud'],
  ['eu-central-1', 'euc1', 'mypurecloud.de'],
  ['eu-central-2', 'euc2', 'euc2.pure.cloud'],
  ['eusc-de-east-1', 'edee1', 'edee1.eusc-pure.cloud'],
  ['me-central-1', 'mec1', 'mec1.pure.cloud'],
  ['ap-south-1', 'aps1', 'aps1.pure.cloud'],
  ['ap-southeast-1', 'apse1', 'apse1.pure.cloud'],
  ['ap-southeast-2', 'apse2', 'mypurecloud.com.au'],
  ['ap-northeast-1', 'apne1', 'mypurecloud.jp'],
  ['ap-northeast-2', 'apne2', 'apne2.pure.cloud'],
  ['ap-northeast-3', 'apne3', 'apne3.pure.cloud'],
];

/** For messages: the names that `region` accepts, besides domains and short names. */
export const regionNames = regions.map(([region]) => region).join(', ');

/** The domain of a region, by its AWS name, short name or domain; `null` if there is no such region. */
export function domainOf(name: string): string | null {
  const given = name.trim().toLowerCase();
  return regions.find((names) => names.includes(given))?.[2] ?? null;
}

/**
 * Origin of a region's upload server, from the public CSP templates of the platform (quoted by [SC]); those of
 * Singapore and Mexico follow their pattern. `null` where none is public.
 */
export function uploadOriginOf(name: string): string | null {
  const given = name.trim().toLowerCase();
  const [region, shortName] = regions.find((names) => names.includes(given)) ?? [];
  switch (shortName) {
    case undefined:
    case 'edee1':
      return null;
    case 'use1':
      return 'https://shyrka-prod.s3.amazonaws.com';
    case 'use2':
      return 'https://shyrka-fedramp-use2-core.s3-fips.us-east-2.amazonaws.com';
    default:
      return `https://shyrka-prod-${shortName}.s3.${region}.amazonaws.com`;
  }
}
