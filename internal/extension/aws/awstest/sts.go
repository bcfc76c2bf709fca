package awstest

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

type errorResponse struct {
	XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
	Error     errorDetail
	RequestID string `xml:"RequestId"`
}

type errorDetail struct{ Type, Code, Message string }

type assumeRoleResponse struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ AssumeRoleResponse"`
	Result  struct {
		Credentials struct {
			AccessKeyID     string `xml:"AccessKeyId"`
			SecretAccessKey string
			SessionToken    string
			Expiration      string
		}
		AssumedRoleUser struct {
			Arn           string
			AssumedRoleID string `xml:"AssumedRoleId"`
		}
	} `xml:"AssumeRoleResult"`
}

type callerIdentityResponse struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ GetCallerIdentityResponse"`
	Result  struct {
		Arn     string
		UserID  string `xml:"UserId"`
		Account string
	} `xml:"GetCallerIdentityResult"`
}

func (s *Server) sts(action string, form url.Values) (any, *problem) {
	switch action {
	case "GetCallerIdentity":
		var out callerIdentityResponse
		out.Result.Arn = "arn:aws:sts::" + Account + ":assumed-role/vellocity-server/i-0123456789"
		out.Result.Account, out.Result.UserID = Account, "AROAEXAMPLE:i-0123456789"
		return out, nil
	case "AssumeRole":
		return s.assume(form)
	}
	return nil, &problem{status: 400, code: "InvalidAction", message: "Could not find operation " + action}
}

// AnyID is an external id that stands for all of them.
const AnyID = "*"

func (r Role) admits(id string) bool {
	switch r.ExternalID {
	case "":
		return true
	case AnyID:
		return id != ""
	}
	return r.ExternalID == id
}

func (s *Server) assume(form url.Values) (any, *problem) {
	arn := form.Get("RoleArn")
	seconds, err := strconv.Atoi(form.Get("DurationSeconds"))
	switch {
	case arn == "" || form.Get("RoleSessionName") == "":
		return nil, &problem{status: 400, code: "ValidationError", message: "RoleArn and RoleSessionName are required"}
	case form.Get("DurationSeconds") != "" && (err != nil || seconds < 900):
		return nil, &problem{status: 400, code: "ValidationError", message: "DurationSeconds must be 900 or more"}
	}
	trusted := false
	for _, r := range s.Roles {
		trusted = trusted || r.ARN == arn && r.admits(form.Get("ExternalId"))
	}
	if !trusted {
		return nil, problemOf("AccessDenied", "User: arn:aws:sts::"+Account+":assumed-role/vellocity-server/i-0123456789 "+
			"is not authorized to perform: sts:AssumeRole on resource: "+arn)
	}
	n := s.number()
	keys := aws.Credentials{
		AccessKeyID: fmt.Sprintf("ASIAEXAMPLE%09d", n), SecretAccessKey: fmt.Sprintf("secret-of-session-%d", n),
		SessionToken: fmt.Sprintf("token-of-session-%d", n), CanExpire: true,
		Expires: s.Now().Add(time.Duration(max(seconds, 900)) * time.Second),
	}
	s.sessions[keys.AccessKeyID] = keys
	var out assumeRoleResponse
	c := &out.Result.Credentials
	c.AccessKeyID, c.SecretAccessKey, c.SessionToken = keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken
	c.Expiration = keys.Expires.UTC().Format(time.RFC3339)
	user, name := &out.Result.AssumedRoleUser, form.Get("RoleSessionName")
	user.Arn = strings.Replace(arn, ":role/", ":assumed-role/", 1) + "/" + name
	user.AssumedRoleID = "AROAEXAMPLE:" + name
	return out, nil
}
