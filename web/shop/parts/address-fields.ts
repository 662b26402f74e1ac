/** The fields of an address, as forms show them. */
export const ADDRESS_FIELDS = [
  { name: 'recipient', label: 'Recipient', required: true, autoComplete: 'shipping name' },
  { name: 'line1', label: 'Street and number', required: true, autoComplete: 'shipping address-line1' },
  { name: 'line2', label: 'More of the address', autoComplete: 'shipping address-line2' },
  { name: 'postalCode', label: 'Postal code', autoComplete: 'shipping postal-code' },
  { name: 'city', label: 'City', required: true, autoComplete: 'shipping address-level2' },
  { name: 'region', label: 'Region', autoComplete: 'shipping address-level1' },
  { name: 'country', label: 'Country', required: true, autoComplete: 'shipping country-name' },
] as const;
