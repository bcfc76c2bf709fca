// Package aws has the tests about AWS from outside: Amazon's own clients prove the double that all other tests use in
// AWS's place. They need Node and npm ci --prefix test/aws.
package aws
